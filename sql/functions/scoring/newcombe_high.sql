-- See scoring.newcombe_low: the upper end is the lower one of the difference the other way round.
create function scoring.newcombe_high(
    p_hits numeric, p_trials numeric, p_other_hits numeric, p_other_trials numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select -scoring.newcombe_low(p_other_hits, p_other_trials, p_hits, p_trials)
$$;
alter function scoring.newcombe_high(numeric, numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.newcombe_high(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.newcombe_high(numeric, numeric, numeric, numeric) is
'Upper end (-1 to 1) of the Newcombe interval of one rate minus another; null without trials.';
