-- The part fairness of a candidate's total (METRICS 3.2): 50 for a partner who had exactly the
-- share, 100 when three leads or more are owed, 0 when three or more were had ahead of it.
create function routing.fairness_score(p_credit numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select greatest(0, least(100, 50 + 50 * p_credit / 3))
$$;
alter function routing.fairness_score(numeric) owner to leadboard_owner;

comment on function routing.fairness_score(numeric) is
'clamp(50 + 50 x credit / 3, 0, 100): fairness of a credit in leads.';
