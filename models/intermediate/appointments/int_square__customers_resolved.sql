-- Which person every known id is: groups are the connected components of the edges found.
with recursive

edges as (

    select distinct
        organization_id,
        customer_id_a,
        customer_id_b
    from {{ ref('int_square__customer_edges_found') }}

),

profile_merges as (

    select * from {{ ref('stg_square__customer_merges') }}
    where undone_at is null and not is_deleted and from_customer_id <> to_customer_id

),

customers as (

    select * from {{ ref('int_square__customers_unioned') }}

),

known as (

    select
        organization_id,
        customer_id
    from customers

    union

    select
        organization_id,
        customer_id
    from {{ ref('stg_square__bookings') }}
    where customer_id is not null and not is_deleted

    union

    select
        organization_id,
        customer_id
    from {{ ref('int_square__orders_unioned') }}
    where customer_id is not null and order_at <= {{ ledgerline.as_of_instant() }}

    union

    select
        organization_id,
        customer_id
    from {{ ref('int_square__payments_unioned') }}
    where customer_id is not null

    union

    select
        organization_id,
        from_customer_id as customer_id
    from profile_merges

    union

    select
        organization_id,
        to_customer_id as customer_id
    from profile_merges

    union

    select
        organization_id,
        customer_id_a as customer_id
    from edges

),

neighbours as (

    select
        organization_id,
        customer_id_a as customer_id,
        count(*) as neighbour_count
    from edges
    group by organization_id, customer_id_a

),

-- Every id is reached from a neighbour that has more neighbours (then the least id), so it is enough to start from the
-- ids that no neighbour outdoes: a star of a thousand merges has one start, not a thousand.
outdone as (

    select distinct
        edges.organization_id,
        edges.customer_id_a as customer_id
    from edges
    inner join neighbours as own
        on edges.organization_id = own.organization_id and edges.customer_id_a = own.customer_id
    inner join neighbours as others
        on edges.organization_id = others.organization_id and edges.customer_id_b = others.customer_id
    where
        others.neighbour_count > own.neighbour_count
        or (
            others.neighbour_count = own.neighbour_count
            and {{ ledgerline.by_bytes('others.customer_id') }} < {{ ledgerline.by_bytes('own.customer_id') }}
        )

),

reached as (

    select
        neighbours.organization_id,
        neighbours.customer_id as start_id,
        neighbours.customer_id
    from neighbours
    left join outdone
        on
            neighbours.organization_id = outdone.organization_id
            and neighbours.customer_id = outdone.customer_id
    where outdone.customer_id is null

    union

    select
        reached.organization_id,
        reached.start_id,
        edges.customer_id_b as customer_id
    from reached
    inner join edges
        on reached.organization_id = edges.organization_id and reached.customer_id = edges.customer_id_a

),

-- All starts of one group reach all of it, so the least of them names the group.
grouped as (

    select
        organization_id,
        customer_id,
        min({{ ledgerline.by_bytes('start_id') }}) as group_id
    from reached
    group by organization_id, customer_id

),

merged_into as (

    select distinct
        organization_id,
        to_customer_id as customer_id
    from profile_merges

),

merged_away as (

    select distinct
        organization_id,
        from_customer_id as customer_id
    from profile_merges

),

members as (

    select
        grouped.organization_id,
        grouped.group_id,
        grouped.customer_id,
        customers.created_at,
        -- Merges end here, pass through here, or have to do with it at all.
        case when merged_into.customer_id is not null and merged_away.customer_id is null then 1 else 0 end as is_end,
        case when merged_into.customer_id is not null and merged_away.customer_id is not null then 1 else 0 end
            as is_passed,
        case when merged_into.customer_id is not null or merged_away.customer_id is not null then 1 else 0 end
            as is_merged
    from grouped
    left join customers
        on grouped.organization_id = customers.organization_id and grouped.customer_id = customers.customer_id
    left join merged_into
        on grouped.organization_id = merged_into.organization_id and grouped.customer_id = merged_into.customer_id
    left join merged_away
        on grouped.organization_id = merged_away.organization_id and grouped.customer_id = merged_away.customer_id

),

group_merges as (

    select
        organization_id,
        group_id,
        count(*) as group_size,
        sum(is_passed) > 0 as has_merge_chain,
        sum(is_merged) > 0 and sum(is_end) = 0 as has_merge_cycle
    from members
    group by organization_id, group_id

),

-- The one that merges point to; among several, or where there is none, the oldest profile.
ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, group_id
            order by is_end desc, created_at asc nulls last, {{ ledgerline.by_bytes('customer_id') }} asc
        ) as member_rank
    from members

),

canonical as (

    select
        known.organization_id,
        known.customer_id,
        coalesce(first_members.customer_id, known.customer_id) as canonical_customer_id,
        cast(coalesce(group_merges.group_size, 1) as bigint) as group_size,
        coalesce(group_merges.has_merge_chain, false) as has_merge_chain,
        coalesce(group_merges.has_merge_cycle, false) as has_merge_cycle
    from known
    left join ranked
        on known.organization_id = ranked.organization_id and known.customer_id = ranked.customer_id
    left join ranked as first_members
        on
            ranked.organization_id = first_members.organization_id
            and ranked.group_id = first_members.group_id
            and first_members.member_rank = 1
    left join group_merges
        on ranked.organization_id = group_merges.organization_id and ranked.group_id = group_merges.group_id

),

-- A number of the person, in this build alone: what is grouped or joined by it costs a third of what two texts cost.
final as (

    select
        *,
        cast(dense_rank() over (
            order by organization_id, {{ ledgerline.by_bytes('canonical_customer_id') }}
        ) as integer) as customer_number
    from canonical

)

select * from final
