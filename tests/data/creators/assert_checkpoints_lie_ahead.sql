-- Our own decision sets a checkpoint after it. Returns the ones whose next checkpoint is not later than they are.
select *
from {{ ref('tier_checkpoints') }}
where
    decision <> 'app_change'
    and (next_checkpoint_at_after is null or next_checkpoint_at_after <= decided_at)
