-- A person's key is the canonical id of a group of the same tenant, in every mart that has one. A failure means an alias
-- that counts a person twice, or a join that crossed tenants. Returns the keys.
with

keys as (

    select
        organization_id,
        square_customer_id
    from {{ ref('customer_analytics') }}

    union

    select
        organization_id,
        square_customer_id
    from {{ ref('customer_segment_transitions') }}

    union

    select
        organization_id,
        square_customer_id
    from {{ ref('customer_identity_groups') }}

)

select
    keys.organization_id,
    keys.square_customer_id
from keys
left join {{ ref('int_square__customers_resolved') }} as resolved
    on
        keys.organization_id = resolved.organization_id
        and keys.square_customer_id = resolved.customer_id
        and resolved.customer_id = resolved.canonical_customer_id
where resolved.customer_id is null
