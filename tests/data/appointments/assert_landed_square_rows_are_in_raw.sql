-- The audit's landed rows are in raw, and raw has no row that the audit does not know. A failure means that a load was
-- interrupted and not repeated. Returns the file or page with both counts.
{%- set tables = [
    'customers', 'bookings', 'payments', 'refunds', 'orders', 'locations', 'team_members', 'catalog', 'gift_cards',
    'gift_card_activities', 'referral_profiles', 'referral_rewards', 'customer_merges', 'export_transactions',
    'export_items', 'export_customers'
] %}

with

landed as (
    {% for name in tables %}
    select
        organization_id,
        _source_file as source_file,
        _source_hash as source_hash
    from {{ source('square', name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        organization_id,
        source_file,
        source_hash,
        count(*) as rows_in_raw
    from landed
    group by organization_id, source_file, source_hash

),

audited as (

    select
        organization_id,
        source_file,
        source_hash,
        rows_landed
    from {{ source('ops', 'load_audit') }}
    where source = 'square'

)

select
    coalesce(audited.source_file, counted.source_file) as source_file,
    audited.rows_landed,
    counted.rows_in_raw
from audited
full outer join counted
    on
        audited.organization_id = counted.organization_id
        and audited.source_file = counted.source_file
        and audited.source_hash = counted.source_hash
where coalesce(audited.rows_landed, 0) <> coalesce(counted.rows_in_raw, 0)
