{{ config(severity='warn') }}

-- A warning, since the tables of the programme come one by one: an adjustment or a reward of a user that no export of
-- users has counts for nobody. Returns those rows.
with

users as (

    select distinct
        client_id,
        handle_user_id
    from {{ ref('int_creators__handles_resolved') }}

),

rows_of_users as (

    select
        client_id,
        user_id,
        'sales_adjustment' as kind,
        adjustment_id as row_id,
        export_date
    from {{ ref('stg_loyalty__sales_adjustments') }}

    union all

    select
        client_id,
        user_id,
        'redemption' as kind,
        redemption_id as row_id,
        export_date
    from {{ ref('stg_loyalty__redemptions') }}

)

select distinct
    rows_of_users.client_id,
    rows_of_users.user_id,
    rows_of_users.kind,
    rows_of_users.row_id
from rows_of_users
left join users
    on rows_of_users.client_id = users.client_id and rows_of_users.user_id = users.handle_user_id
where
    users.handle_user_id is null
    and rows_of_users.export_date <= {{ ledgerline.as_of_utc_day() }}
