-- The ranks of a client's creators are 1 to n, without a gap or a tie. Returns the clients where they are not.
select
    client_id,
    count(*) as creators,
    count(distinct leaderboard_rank) as ranks,
    max(leaderboard_rank) as last_rank
from {{ ref('leaderboard') }}
group by client_id
having
    count(*) <> count(distinct leaderboard_rank)
    or count(*) <> max(leaderboard_rank)
    or min(leaderboard_rank) <> 1
