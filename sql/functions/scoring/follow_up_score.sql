-- Part of the performance score (METRICS 3.1): the share of leads with two or more contacts, as it
-- is.
create function scoring.follow_up_score(p_pct_leads_min_2_attempts numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select p_pct_leads_min_2_attempts
$$;
alter function scoring.follow_up_score(numeric) owner to leadboard_view;
grant execute on function scoring.follow_up_score(numeric) to leadboard_rollup;

comment on function scoring.follow_up_score(numeric) is
'Follow-up part, 0-100: the percentage of leads with two or more contacts; null when there was no lead.';
