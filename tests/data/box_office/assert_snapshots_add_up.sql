-- Tickets are single plus subscription; on printed rows the money is the sum of its parts, reserved included; the id
-- follows its formula. A failure means that a column was read from another one's place. Returns the rows that do not.
select *
from {{ ref('performance_sales_snapshots') }}
where
    total_tickets_sold <> single_tickets_sold + subscription_tickets_sold
    or subtotal_revenue <> fixed_revenue + non_fixed_revenue + single_revenue
    or total_revenue <> subtotal_revenue + reserved_revenue
    or snapshot_id <> performance_code || '_' || cast(snapshot_date as varchar)
    or (source in ('pdf_webhook', 'pdf_import') and (subtotal_revenue is null or reserved_revenue is null))
