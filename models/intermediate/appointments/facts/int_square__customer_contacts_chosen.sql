-- Name and contacts of customers: the canonical profile's, else the live member's updated last that has one.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

members as (

    select
        *,
        -- Updated last comes first, and a profile without a time last.
        coalesce({{ ledgerline.latest_first('updated_at') }}, 9223372036854775807) as update_order
    from {{ ref('int_square__profiles_resolved') }}
    where customer_number in (select customer_number from changed)

),

final as (

    -- Most people are one id, and leave nothing to choose.
    select
        customer_number,
        given_name,
        family_name,
        email_address,
        phone_number,
        acquisition_source,
        creation_source,
        case when is_live then is_email_unsubscribed end as is_email_unsubscribed,
        first_extracted_at,
        last_extracted_at
    from members
    where group_size = 1

    union all

    -- Per field, the first member that has a value.
    select
        customer_number,
        {%- for name in ['given_name', 'family_name', 'email_address', 'phone_number', 'acquisition_source'] %}
        {{ ledgerline.first_by(name, [
            'not is_canonical', 'update_order', ledgerline.by_bytes('customer_id')
        ]) }} as {{ name }},
        {%- endfor %}
        max(case when is_canonical then creation_source end) as creation_source,
        max(case when is_live and is_email_unsubscribed then 1 when is_live and not is_email_unsubscribed then 0 end)
        = 1 as is_email_unsubscribed,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from members
    where group_size > 1
    group by customer_number

)

select * from final
