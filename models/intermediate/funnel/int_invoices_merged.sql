-- One row per invoice of ClickFunnels, told by files, webhooks or both, each column as the newest version up to the
-- as-of that says something of it.
with

file_invoices as (

    select * from {{ ref('stg_clickfunnels__invoices') }}

),

webhook_texts as (

    {{ ledgerline.webhook_texts('invoices', ledgerline.invoice_keys()) }}

),

webhook_invoices as (

    select
        organization_id,
        {{ ledgerline.invoice_columns() }},
        source_file,
        source_row,
        extracted_at,
        landed_run,
        event_at,
        event_type
    from webhook_texts

),

unioned as (

    select
        organization_id,
        invoice_id,
        source_order_id,
        invoice_status,
        invoice_type,
        amount,
        currency,
        is_test,
        paid_at,
        coalesce(updated_at, created_at) as told_paid_at,
        coalesce(updated_at, paid_at, created_at) as changed_at,
        1 as input_rank,
        extracted_at,
        landed_run,
        source_file,
        source_row
    from file_invoices

    union all

    select
        organization_id,
        invoice_id,
        source_order_id,
        invoice_status,
        invoice_type,
        amount,
        currency,
        is_test,
        paid_at,
        coalesce(
            case when event_type like '%.invoice.paid' then event_at end, updated_at, event_at, created_at
        ) as told_paid_at,
        coalesce(updated_at, event_at, paid_at, created_at) as changed_at,
        2 as input_rank,
        extracted_at,
        landed_run,
        source_file,
        source_row
    from webhook_invoices

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, invoice_id
            order by
                changed_at desc,
                extracted_at desc,
                input_rank asc,
                landed_run desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as version_rank
    from unioned
    where invoice_id is not null and changed_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        organization_id,
        invoice_id,
        {{ ledgerline.newest_columns(
            ['source_order_id', 'invoice_status', 'invoice_type', 'amount', 'currency', 'is_test'], 'version_rank'
        ) }},
        -- Where no version says when it was paid, it was by the first that says that it is.
        coalesce(
            {{ ledgerline.newest_known('paid_at', 'version_rank') }},
            min(case
                when invoice_status in {{ ledgerline.words_of('funnel_paid_invoice_statuses') }} then told_paid_at
            end)
        ) as paid_at
    from ranked
    group by organization_id, invoice_id

)

select * from final
