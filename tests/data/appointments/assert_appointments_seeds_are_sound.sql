-- What a salon edits is usable: known words in every place, and one row for what is looked up, since a second one would
-- count each booking or line twice. Returns what is not, with what is wrong.
with

item_classes as (

    select
        'square_item_classes' as seed,
        word as found,
        item_class
    from {{ ref('stg_settings__square_item_classes') }}

    union all

    select
        'square_product_classes' as seed,
        product_type as found,
        item_class
    from {{ ref('stg_settings__square_product_classes') }}

),

overrides as (

    select * from {{ ref('stg_settings__square_identity_overrides') }}

),

looked_up as (

    select
        'currencies' as seed,
        code as found
    from {{ ref('currencies') }}

    union all

    select
        'square_booking_sources' as seed,
        {{ ledgerline.plain_word('source') }} as found
    from {{ ref('stg_settings__square_booking_sources') }}

    union all

    select
        'square_product_classes' as seed,
        {{ ledgerline.plain_word('product_type') }} as found
    from {{ ref('stg_settings__square_product_classes') }}

    union all

    select
        'square_time_zones' as seed,
        lower(label) as found
    from {{ ref('square_time_zones') }}

    union all

    select
        'square_identity_overrides' as seed,
        concat_ws(
            ', ', organization_id, least(customer_id_a, customer_id_b), greatest(customer_id_a, customer_id_b)
        ) as found
    from overrides

)

select
    seed,
    found,
    'expected one row of it' as problem
from looked_up
group by seed, found
having count(*) > 1

union all

select
    seed,
    found,
    'expected a text, without spaces around it' as problem
from (
    select
        seed,
        found
    from looked_up

    union

    select
        seed,
        found
    from item_classes
) as texts
where found is null or found = '' or found <> {{ ledgerline.trimmed('found') }}

union all

select
    seed,
    found,
    'expected salon, training, retail, other or gift_card' as problem
from item_classes
where item_class is null or item_class not in ('salon', 'training', 'retail', 'other', 'gift_card')

union all

select
    'square_item_classes' as seed,
    word as found,
    'expected a priority' as problem
from {{ ref('stg_settings__square_item_classes') }}
where priority is null

union all

select
    'square_booking_sources' as seed,
    source as found,
    'expected true or false' as problem
from {{ ref('stg_settings__square_booking_sources') }}
where is_online is null

union all

select
    'currencies' as seed,
    code as found,
    'expected 0 to 4 decimals' as problem
from {{ ref('currencies') }}
where exponent is null or exponent not between 0 and 4

union all

select
    'square_time_zones' as seed,
    label as found,
    'expected the zone of it' as problem
from {{ ref('square_time_zones') }}
where zone is null

union all

select
    'square_identity_overrides' as seed,
    concat_ws(', ', organization_id, customer_id_a, customer_id_b) as found,
    'expected an organisation, two customers, and same or different' as problem
from overrides
where
    organization_id is null
    or customer_id_a is null
    or customer_id_b is null
    or customer_id_a = customer_id_b
    or decision is null
    or decision not in ('same', 'different')
