-- The rows of every report sum to its printed grand total, to the cent, and there are as many as the parser counted.
-- A failure means that rows were lost or repeated between the page and the warehouse. Returns the report.
select *
from {{ ref('sales_reports') }}
where
    printed_total_tickets <> computed_total_tickets
    or printed_total_revenue <> computed_total_revenue
    or current_row_count > row_count
