-- Which creator every handle is: handles of one app user, and handles that a confirmed change links, are one creator.
with recursive

owned as (

    select * from {{ ref('int_creators__handles_owned') }}

),

links as (

    select
        client_id,
        old_handle_key as handle_key,
        new_handle_key as linked_handle_key,
        resolved_at
    from {{ ref('int_creators__handle_changes_known') }}
    where resolved_at is not null

),

handles as (

    select
        changes.client_id,
        changes.handle_key
    from {{ ref('int_creators__video_changes_found') }} as changes
    inner join {{ ref('int_creators__clients_known') }} as clients on changes.client_id = clients.client_id

    union

    select
        client_id,
        handle_key
    from owned

),

pairs as (

    select
        client_id,
        handle_key,
        linked_handle_key
    from links

    union

    select
        one.client_id,
        one.handle_key,
        another.handle_key as linked_handle_key
    from owned as one
    inner join owned as another on one.client_id = another.client_id and one.user_id = another.user_id
    where one.handle_key <> another.handle_key

),

edges as (

    select
        client_id,
        handle_key,
        linked_handle_key
    from pairs

    union

    select
        client_id,
        linked_handle_key as handle_key,
        handle_key as linked_handle_key
    from pairs

),

reached as (

    select
        client_id,
        handle_key,
        handle_key as reached_handle_key
    from edges

    union

    select
        reached.client_id,
        reached.handle_key,
        edges.linked_handle_key as reached_handle_key
    from reached
    inner join edges
        on reached.client_id = edges.client_id and reached.reached_handle_key = edges.handle_key

),

grouped as (

    select
        client_id,
        handle_key,
        min({{ ledgerline.by_bytes('reached_handle_key') }}) as group_key
    from reached
    group by client_id, handle_key

),

members as (

    select
        coalesce(handles.client_id, grouped.client_id) as client_id,
        coalesce(handles.handle_key, grouped.handle_key) as handle_key,
        coalesce(grouped.group_key, handles.handle_key) as group_key
    from handles
    full join grouped
        on handles.client_id = grouped.client_id and handles.handle_key = grouped.handle_key

),

-- A change says which handle is the newer one; without one, the app does.
ranked as (

    select
        members.*,
        owned.user_id,
        row_number() over (
            partition by members.client_id, members.group_key
            order by
                latest.linked_at desc nulls last,
                case when owned.is_now then 0 else 1 end,
                owned.last_held_on desc nulls last,
                {{ ledgerline.by_bytes('members.handle_key') }}
        ) as handle_rank
    from members
    left join owned
        on members.client_id = owned.client_id and members.handle_key = owned.handle_key
    left join (
        select
            client_id,
            linked_handle_key as handle_key,
            max(resolved_at) as linked_at
        from links
        group by client_id, linked_handle_key
    ) as latest
        on members.client_id = latest.client_id and members.handle_key = latest.handle_key

),

owners as (

    select
        *,
        row_number() over (partition by client_id, group_key order by handle_rank) as owner_rank
    from ranked
    where user_id is not null

),

final as (

    select
        -- ids
        ranked.client_id,
        ranked.handle_key,
        newest.handle_key as creator_key,
        coalesce(
            owners.user_id, 'auto-' || md5(ranked.client_id || '|' || newest.handle_key)
        ) as user_id,
        -- The app user that has, or had, this very handle.
        ranked.user_id as handle_user_id,

        -- booleans
        owners.user_id is null as is_auto_created

    from ranked
    inner join ranked as newest
        on
            ranked.client_id = newest.client_id
            and ranked.group_key = newest.group_key
            and newest.handle_rank = 1
    left join owners
        on
            ranked.client_id = owners.client_id
            and ranked.group_key = owners.group_key
            and owners.owner_rank = 1

)

select * from final
