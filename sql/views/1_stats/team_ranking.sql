-- The ranking of every workspace's agents: METRICS 2.1.
-- Grain: one row per (workspace, days, agent); days 7, 30 and 90.
-- Reads: metrics.team_ranking, once per workspace and length of window. Any other length calls the
-- function, so the two cannot differ.
create materialized view stats.team_ranking as
select
    t.workspace_id,
    w.days,
    r.user_id,
    r.window_to_day,
    r.leads,
    r.leads_won,
    r.conversion_rate,
    r.num_ratings,
    r.rating_sum,
    r.avg_rating,
    r.leads_contacted,
    r.response_seconds,
    r.avg_response_hours,
    r.conversion_score,
    r.satisfaction_score,
    r.response_score,
    r.effective_conversion_score,
    r.effective_satisfaction_score,
    r.effective_response_score,
    r.ranking_score,
    r.rank,
    r.ranked_agents,
    r.previous_ranking_score,
    r.rank_change,
    app.now() as as_of
from crm.workspaces as t
cross join (values (7), (30), (90)) as w (days)
cross join lateral metrics.team_ranking(t.workspace_id, w.days) as r
with no data;
alter materialized view stats.team_ranking owner to leadboard_rollup;
create unique index team_ranking_grain on stats.team_ranking (workspace_id, days, user_id);
grant select on stats.team_ranking to leadboard_view;

comment on materialized view stats.team_ranking is
'One row per active agent and length of window: figures, parts and score of the team ranking, and the rank. Private.';
comment on column stats.team_ranking.workspace_id is 'The tenant.';
comment on column stats.team_ranking.days is 'Length of the window in local days: 7, 30 or 90.';
comment on column stats.team_ranking.user_id is 'The agent: an active member with role agent.';
comment on column stats.team_ranking.window_to_day is 'Day after the last local day of the window, in the zone of the agent''s branch.';
comment on column stats.team_ranking.leads is 'Cohort: leads created in the window and credited to the agent.';
comment on column stats.team_ranking.leads_won is 'Cohort: of leads, won by now.';
comment on column stats.team_ranking.conversion_rate is 'Cohort, 0-1: leads_won / leads.';
comment on column stats.team_ranking.num_ratings is 'Event: ratings given to the agent in the window.';
comment on column stats.team_ranking.rating_sum is 'Event: sum of those ratings, 1-5 each.';
comment on column stats.team_ranking.avg_rating is 'Event, 1-5: rating_sum / num_ratings.';
comment on column stats.team_ranking.leads_contacted is 'Cohort: of leads, contacted.';
comment on column stats.team_ranking.response_seconds is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted.';
comment on column stats.team_ranking.avg_response_hours is 'Cohort, hours: mean of first_contact_at - created_at over leads_contacted.';
comment on column stats.team_ranking.conversion_score is 'Part of the score, 0-100: 100 x the conversion rate shrunk towards the workspace''s; null without leads.';
comment on column stats.team_ranking.satisfaction_score is 'Part of the score, 0-100: the mean rating shrunk towards the workspace''s, from 1-5; null without ratings.';
comment on column stats.team_ranking.response_score is 'Part of the score, 0-100: response curve at the mean minutes to first contact; null when nobody was contacted.';
comment on column stats.team_ranking.effective_conversion_score is 'conversion_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.team_ranking.effective_satisfaction_score is 'satisfaction_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.team_ranking.effective_response_score is 'response_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.team_ranking.ranking_score is '0-100: 0.40 conversion + 0.35 satisfaction + 0.25 response; null without leads.';
comment on column stats.team_ranking.rank is 'Place by ranking_score, 1 is best, equal scores share it; null without leads.';
comment on column stats.team_ranking.ranked_agents is 'How many agents of the workspace are ranked.';
comment on column stats.team_ranking.previous_ranking_score is 'The same score over as many days before.';
comment on column stats.team_ranking.rank_change is 'Places gained since the days before among those ranked in both; null for who was not.';
comment on column stats.team_ranking.as_of is 'When the figures were computed.';
