-- A mean pulled towards the workspace's own mean, as if p_strength more values had equalled it. The
-- same arithmetic as a rate, whose hits are the sum.
create function scoring.shrunk_mean(
    p_sum numeric, p_count numeric, p_prior numeric, p_strength numeric default 10
)
returns numeric
language sql
immutable
parallel safe
as $$
    select scoring.shrunk_rate(p_sum, p_count, p_prior, p_strength)
$$;
alter function scoring.shrunk_mean(numeric, numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.shrunk_mean(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.shrunk_mean(numeric, numeric, numeric, numeric) is
'Mean of count values, shrunk towards a prior mean by the given number of values; null without values.';
