-- A view: the tickets that lists name, and those that only their orders count, for what is counted of an event. Of the
-- latter nobody says what they are: each stands for one paid admission.
{{ config(materialized='view') }}

with

listed as (

    select
        organization_id,
        event_key,
        platform,
        currency,
        status,
        gender_bucket,
        age_bucket,
        is_admission,
        is_complimentary,
        is_checked_in,
        true as is_listed,
        sold_on,
        voided_on,
        sold_at,
        voided_at
    from {{ ref('int_tickets_settled') }}

),

counted_by_orders as (

    select
        organization_id,
        event_key,
        platform,
        currency,
        status,
        'unknown' as gender_bucket,
        'unknown' as age_bucket,
        true as is_admission,
        false as is_complimentary,
        false as is_checked_in,
        false as is_listed,
        sold_on,
        voided_on,
        sold_at,
        voided_at
    from {{ ref('int_order_positions_counted') }}

),

unioned as (

    select * from listed
    union all
    select * from counted_by_orders

)

select * from unioned
