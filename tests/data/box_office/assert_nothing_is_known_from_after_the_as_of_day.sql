-- Time travel: a build with an earlier as-of shows no snapshot and no change of a later day. Returns what it shows.
select
    'performance_sales_snapshots' as mart,
    performance_code as what,
    snapshot_date as shown_date
from {{ ref('performance_sales_snapshots') }}
where snapshot_date > {{ box_office_as_of_day() }}

union all

select
    'performance_price_type_snapshots' as mart,
    performance_code as what,
    snapshot_date as shown_date
from {{ ref('performance_price_type_snapshots') }}
where snapshot_date > {{ box_office_as_of_day() }}

union all

select
    'sales_reports' as mart,
    source_file as what,
    snapshot_date as shown_date
from {{ ref('sales_reports') }}
where snapshot_date > {{ box_office_as_of_day() }}

union all

select
    'subscription_sales_snapshots' as mart,
    package_name as what,
    snapshot_date as shown_date
from {{ ref('subscription_sales_snapshots') }}
where snapshot_date > {{ box_office_as_of_day() }}

union all

select
    'subscription_renewal_snapshots' as mart,
    package_name as what,
    snapshot_date as shown_date
from {{ ref('subscription_renewal_snapshots') }}
where snapshot_date > {{ box_office_as_of_day() }}

union all

select
    'performance_metadata_changes' as mart,
    change_id as what,
    cast(null as date) as shown_date
from {{ ref('performance_metadata_changes') }}
where changed_at >= {{ box_office_as_of_day_end() }}
