-- What each line of an order is: a gift card, training, a service, a product, or something else.
{%- set not_of_a_word = '[^a-z0-9À-ÖØ-öø-ɏ]' %}

with

orders as (

    select * from {{ ref('stg_square__orders') }}

),

line_items as (

    select * from {{ ref('stg_square__order_line_items') }}

),

export_items as (

    select * from {{ ref('stg_square__export_items') }}

),

service_variations as (

    select * from {{ ref('stg_square__service_variations') }}

),

organizations as (

    select * from {{ ref('int_square__organizations_priced') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

product_classes as (

    select * from {{ ref('stg_settings__square_product_classes') }}

),

-- A word is no pattern: a sign that means something in one stands for itself.
item_words as (

    select
        *,
        regexp_replace({{ ledgerline.plain_word('word') }}, '([][\\.*+?^$(){}|])', '\\\1', 'g') as word_pattern
    from {{ ref('stg_settings__square_item_classes') }}

),

lines_unioned as (

    select
        line_items.organization_id,
        line_items.order_id,
        line_items.line_uid,
        line_items.line_index,
        line_items.line_name,
        line_items.item_type,
        line_items.catalog_object_id,
        service_variations.product_type,
        line_items.total_cents
    from line_items
    left join service_variations
        on
            line_items.organization_id = service_variations.organization_id
            and line_items.catalog_object_id = service_variations.service_variation_id

    union all

    select
        export_items.organization_id,
        export_items.transaction_id as order_id,
        cast(export_items.source_row as varchar) as line_uid,
        export_items.source_row as line_index,
        export_items.line_name,
        cast(null as varchar) as item_type,
        cast(null as varchar) as catalog_object_id,
        export_items.itemization_type as product_type,
        {{ ledgerline.minor_units('export_items.net_sales_amount', 'currencies.exponent') }} as total_cents
    from export_items
    left join organizations on export_items.organization_id = organizations.organization_id
    left join currencies on coalesce(export_items.currency, organizations.currency) = currencies.code
    left join orders
        on
            export_items.organization_id = orders.organization_id
            and export_items.transaction_id = orders.order_id
    where orders.order_id is null

),

-- Few names stand in many lines, so each name is read once.
names as (

    select distinct line_name
    from lines_unioned
    where line_name is not null

),

words_found as (

    select
        names.line_name,
        item_words.item_class,
        row_number() over (
            partition by names.line_name
            order by item_words.priority, {{ ledgerline.by_bytes('item_words.word') }}
        ) as word_rank
    from names
    inner join item_words
        on {{ ledgerline.matches(
            ledgerline.plain_word('names.line_name'),
            "'(^|" ~ not_of_a_word ~ ")' || item_words.word_pattern || '(s|es)?(" ~ not_of_a_word ~ "|$)'"
        ) }}

),

first_words as (

    select
        line_name,
        item_class
    from words_found
    where word_rank = 1

),

classed_types as (

    select
        types.product_type,
        product_classes.item_class
    from (select distinct product_type from lines_unioned) as types
    inner join product_classes
        on
            {{ ledgerline.plain_word('types.product_type') }}
            = {{ ledgerline.plain_word('product_classes.product_type') }}

),

training_names as (

    select distinct line_name
    from words_found
    where item_class = 'training'

),

final as (

    select
        lines_unioned.organization_id,
        lines_unioned.order_id,
        lines_unioned.line_uid,
        lines_unioned.line_index,
        lines_unioned.line_name,
        lines_unioned.catalog_object_id,
        case
            when 'GIFT_CARD' in (lines_unioned.item_type, lines_unioned.product_type) then 'gift_card'
            when training_names.line_name is not null then 'training'
            else coalesce(classed_types.item_class, first_words.item_class, 'other')
        end as item_class,
        lines_unioned.total_cents
    from lines_unioned
    left join training_names on lines_unioned.line_name = training_names.line_name
    left join first_words on lines_unioned.line_name = first_words.line_name
    left join classed_types on lines_unioned.product_type = classed_types.product_type

)

select * from final
