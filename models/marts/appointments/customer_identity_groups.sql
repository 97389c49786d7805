with

resolved as (

    select * from {{ ref('int_square__customers_resolved') }}

),

customers as (

    select * from {{ ref('int_square__customers_unioned') }}
    where is_live

),

edges as (

    select * from {{ ref('int_square__customer_edges_found') }}

),

evidence_kinds as (

    select distinct
        organization_id,
        customer_id_a as customer_id,
        evidence
    from edges

),

evidence as (

    select
        organization_id,
        customer_id,
        string_agg(evidence, ',' order by {{ ledgerline.by_bytes('evidence') }}) as evidence
    from evidence_kinds
    group by organization_id, customer_id

),

contact_keys as (

    select
        organization_id,
        customer_id,
        'phone ' || phone_key as contact_key
    from customers
    where phone_key is not null

    union all

    select
        organization_id,
        customer_id,
        'email ' || email_key as contact_key
    from customers
    where email_key is not null

),

-- A key on many profiles is a front desk's: it makes nobody suspect, as it makes no edge.
shared_keys as (

    select
        organization_id,
        contact_key
    from contact_keys
    group by organization_id, contact_key
    having count(*) between 2 and {{ var('square_identity_max_block') }}

),

group_keys as (

    select distinct
        resolved.organization_id,
        resolved.canonical_customer_id,
        contact_keys.contact_key
    from contact_keys
    inner join shared_keys
        on
            contact_keys.organization_id = shared_keys.organization_id
            and contact_keys.contact_key = shared_keys.contact_key
    inner join resolved
        on
            contact_keys.organization_id = resolved.organization_id
            and contact_keys.customer_id = resolved.customer_id

),

suspect_pairs as (

    select distinct
        own.organization_id,
        own.canonical_customer_id,
        others.canonical_customer_id as suspect_id
    from group_keys as own
    inner join group_keys as others
        on
            own.organization_id = others.organization_id
            and own.contact_key = others.contact_key
            and own.canonical_customer_id <> others.canonical_customer_id

),

suspects as (

    select
        organization_id,
        canonical_customer_id,
        string_agg(suspect_id, ',' order by {{ ledgerline.by_bytes('suspect_id') }}) as suspect_customer_ids
    from suspect_pairs
    group by organization_id, canonical_customer_id

),

with_contact as (

    select distinct
        organization_id,
        customer_id
    from contact_keys

),

final as (

    select
        -- ids
        resolved.organization_id,
        resolved.customer_id as member_customer_id,
        resolved.canonical_customer_id as square_customer_id,

        -- texts
        coalesce(evidence.evidence, 'self') as evidence,
        suspects.suspect_customer_ids,
        nullif(concat_ws(
            ',',
            case when resolved.has_merge_chain then 'MERGE_CHAIN' end,
            case when resolved.has_merge_cycle then 'MERGE_CYCLE' end,
            case when with_contact.customer_id is null then 'NO_CONTACT' end
        ), '') as review_flags,

        -- numerics
        cast(resolved.group_size as integer) as member_count,

        -- booleans
        resolved.customer_id = resolved.canonical_customer_id as is_canonical

    from resolved
    left join evidence
        on resolved.organization_id = evidence.organization_id and resolved.customer_id = evidence.customer_id
    left join suspects
        on
            resolved.organization_id = suspects.organization_id
            and resolved.canonical_customer_id = suspects.canonical_customer_id
    left join with_contact
        on resolved.organization_id = with_contact.organization_id and resolved.customer_id = with_contact.customer_id

)

select * from final
