with

ticket_types as (

    select * from {{ ref('int_ticket_types_defined') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

met as (

    select
        organization_id,
        event_key,
        coalesce(ticket_type_id, '') as ticket_type_id,
        min({{ ledgerline.by_bytes('ticket_type_name') }}) as name,
        count(case when {{ ledgerline.ticket_is_sold() }} and not {{ ledgerline.ticket_is_void() }} then 1 end)
            as tickets_valid,
        sum(
            case
                when {{ ledgerline.ticket_is_sold() }} and not {{ ledgerline.ticket_is_void() }} then price_amount
            end
        ) as face_value_amount
    from {{ ref('int_tickets_settled') }}
    group by organization_id, event_key, coalesce(ticket_type_id, '')

),

joined as (

    select
        coalesce(ticket_types.organization_id, met.organization_id) as organization_id,
        coalesce(ticket_types.event_key, met.event_key) as event_key,
        coalesce(ticket_types.ticket_type_id, met.ticket_type_id) as ticket_type_id,
        coalesce(ticket_types.name, met.name) as name,
        coalesce(ticket_types.is_admission, true) as is_admission,
        coalesce(ticket_types.is_complimentary, false) as is_complimentary,
        ticket_types.capacity,
        coalesce(met.tickets_valid, 0) as tickets_valid,
        -- Some lists have no prices.
        case when coalesce(met.tickets_valid, 0) = 0 then 0 else met.face_value_amount end as face_value_amount
    from ticket_types
    full outer join met
        on
            ticket_types.event_key = met.event_key
            and ticket_types.ticket_type_id = met.ticket_type_id

),

-- Orders that count their positions do not say of which type they are.
known as (

    select
        joined.organization_id,
        joined.event_key,
        joined.ticket_type_id,
        joined.name,
        joined.is_admission,
        joined.is_complimentary,
        joined.capacity,
        case when inputs.knows_lists then joined.tickets_valid end as tickets_valid,
        case when inputs.knows_lists then joined.face_value_amount end as face_value_amount
    from joined
    inner join inputs on joined.event_key = inputs.event_key

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        ticket_type_id,

        -- texts
        name,

        -- numerics
        cast(capacity as integer) as capacity,
        cast(tickets_valid as integer) as tickets_valid,
        cast(
            case when capacity is not null and tickets_valid is not null then greatest(capacity - tickets_valid, 0) end
            as integer
        ) as tickets_remaining,
        {{ ledgerline.display_percent('tickets_valid', 'capacity') }} as tickets_percentage,
        cast(face_value_amount as decimal(18, 2)) as face_value_amount,

        -- booleans
        is_admission,
        is_complimentary

    from known

)

select * from final
