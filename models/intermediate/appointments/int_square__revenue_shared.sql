-- The revenue of each payment, split over the segments of the booking that its order belongs to: by minutes, as
-- cumulative floors in the order of the segments, so that the parts sum to the whole. What has no segment stays whole.
with

payments as (

    select * from {{ ref('int_square__payments_measured') }}
    where is_own_currency

),

links as (

    select * from {{ ref('int_square__orders_linked') }}

),

-- Those of bookings that an order belongs to.
segments as (

    select segments.*
    from {{ ref('int_square__segments_valued') }} as segments
    inner join (
        select distinct
            organization_id,
            booking_id
        from {{ ref('int_square__orders_linked') }}
    ) as bookings
        on segments.organization_id = bookings.organization_id and segments.booking_id = bookings.booking_id

),

weighed as (

    select
        organization_id,
        booking_id,
        segment_index,
        team_member_id,
        service_variation_id,
        case
            when sum(minutes) over whole_booking > 0 then sum(minutes) over segments_so_far
            else count(*) over segments_so_far
        end as weight_so_far,
        case
            when sum(minutes) over whole_booking > 0 then sum(minutes) over whole_booking
            else count(*) over whole_booking
        end as weight_of_all,
        case when sum(minutes) over whole_booking > 0 then minutes else 1 end as weight
    from segments
    window
        whole_booking as (partition by organization_id, booking_id),
        segments_so_far as (
            partition by organization_id, booking_id
            order by segment_index rows between unbounded preceding and current row
        )

),

final as (

    select
        payments.organization_id,
        payments.payment_id,
        payments.payment_date,
        coalesce(weighed.team_member_id, 'UNASSIGNED') as team_member_id,
        coalesce(weighed.service_variation_id, 'UNASSIGNED') as service_variation_id,
        cast(case
            when weighed.booking_id is null then payments.revenue_cents
            else
                {{ ledgerline.divide_integers(
                    'payments.revenue_cents * cast(weighed.weight_so_far as ' ~ ledgerline.wide_integer() ~ ')',
                    'weighed.weight_of_all'
                ) }}
                - {{ ledgerline.divide_integers(
                    'payments.revenue_cents * cast(weighed.weight_so_far - weighed.weight as '
                    ~ ledgerline.wide_integer() ~ ')',
                    'weighed.weight_of_all'
                ) }}
        end as bigint) as revenue_cents
    from payments
    left join links
        on payments.organization_id = links.organization_id and payments.order_id = links.order_id
    left join weighed
        on links.organization_id = weighed.organization_id and links.booking_id = weighed.booking_id

)

select * from final
