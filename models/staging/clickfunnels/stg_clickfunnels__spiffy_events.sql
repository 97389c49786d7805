{%- set keys = [
    'customer.email', 'customer.name_first', 'customer.name_last', 'phone_number', 'order_total',
    'payments[0].payment_status', 'created_at', 'updated_at', 'checkout.checkout_id', 'checkout.offer_name',
    'billing_street1', 'billing_street2', 'billing_city', 'billing_state', 'billing_zip', 'billing_country',
    'shipping_street1', 'shipping_street2', 'shipping_city', 'shipping_state', 'shipping_zip',
    'shipping_country', 'checkoutview.utm_source', 'checkoutview.utm_medium', 'checkoutview.utm_campaign',
    'checkoutview.utm_content', 'checkoutview.utm_term', 'items'
] -%}

with

spiffy_events as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from {{ source('clickfunnels', 'spiffy_events') }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as source_order_id,
        {{ ledgerline.email_address('texts[1]') }} as email,

        -- texts
        {{ ledgerline.told('texts[2]') }} as first_name,
        {{ ledgerline.told('texts[3]') }} as last_name,
        {{ ledgerline.told('texts[4]') }} as phone,
        {{ ledgerline.trimmed('texts[6]') }} as source_status,
        {{ ledgerline.told('texts[9]') }} as checkout_id,
        {{ ledgerline.told('texts[10]') }} as offer_name,
        {{ ledgerline.told('texts[11]') }} as billing_address_street_one,
        {{ ledgerline.told('texts[12]') }} as billing_address_street_two,
        {{ ledgerline.told('texts[13]') }} as billing_address_city,
        {{ ledgerline.told('texts[14]') }} as billing_address_region,
        {{ ledgerline.told('texts[15]') }} as billing_address_postal_code,
        {{ ledgerline.told('texts[16]') }} as billing_address_country,
        {{ ledgerline.told('texts[17]') }} as shipping_address_street_one,
        {{ ledgerline.told('texts[18]') }} as shipping_address_street_two,
        {{ ledgerline.told('texts[19]') }} as shipping_address_city,
        {{ ledgerline.told('texts[20]') }} as shipping_address_region,
        {{ ledgerline.told('texts[21]') }} as shipping_address_postal_code,
        {{ ledgerline.told('texts[22]') }} as shipping_address_country,
        {{ ledgerline.touch_of('texts', 23) }} as own_touch,
        texts[28] as items,

        -- numerics: cents
        cast(cast(texts[5] as bigint) * 0.01 as decimal(18, 2)) as order_total,

        -- timestamps
        {{ ledgerline.instant_or_day('texts[7]') }} as created_at,
        {{ ledgerline.instant_or_day("nullif(texts[8], '')") }} as updated_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from spiffy_events

)

select * from final
