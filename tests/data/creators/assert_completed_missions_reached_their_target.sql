-- A mission is completed when it says when, and only with its target reached. Returns those of which one alone holds.
select *
from {{ ref('mission_progress') }}
where
    (status = 'completed') <> (completed_at is not null)
    or (completed_at is not null and current_value < target_value)
