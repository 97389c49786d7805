-- A decision's evidence, by what was known on its day, adds up to the value that was compared; unless an export of that
-- day or earlier came in after the decision, or the app moved a handle to somebody else since. Returns both values.
with

evidence as (

    select
        decision_id,
        sum(value_at_decision) as value_at_decision
    from {{ ref('checkpoint_evidence') }}
    group by decision_id

),

runs as (

    select
        decided_at,
        max(seen_run) as seen_run
    from {{ ref('int_creators__decisions_recorded') }}
    group by decided_at

),

-- What a decision could not see: rows dated up to its day that landed in a later run.
late as (

    select
        runs.decided_at,
        landed.client_id
    from runs
    inner join {{ ref('stg_cruva__videos') }} as landed
        on runs.seen_run < landed.landed_run and landed.sync_date <= {{ ledgerline.utc_day('runs.decided_at') }}

    union

    select
        runs.decided_at,
        landed.client_id
    from runs
    inner join {{ ref('stg_loyalty__sales_adjustments') }} as landed
        on runs.seen_run < landed.landed_run and landed.export_date <= {{ ledgerline.utc_day('runs.decided_at') }}

),

-- Who a handle belongs to may have changed: then evidence follows the handle, and the decision stays.
moved as (

    select
        client_id,
        user_id
    from {{ ref('int_creators__handles_resolved') }}
    group by client_id, user_id
    having count(*) > 1

)

select
    reviews.decision_id,
    reviews.decision_value,
    coalesce(evidence.value_at_decision, 0) as value_at_decision
from {{ ref('checkpoint_reviews') }} as reviews
left join evidence on reviews.decision_id = evidence.decision_id
left join late on reviews.decided_at = late.decided_at and reviews.client_id = late.client_id
left join moved on reviews.client_id = moved.client_id and reviews.user_id = moved.user_id
where
    late.client_id is null
    and moved.client_id is null
    and reviews.decision_value <> coalesce(evidence.value_at_decision, 0)
