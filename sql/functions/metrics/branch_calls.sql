-- Calls of one branch in the local days [p_from_day, p_to_day), event: METRICS section 5.
-- Grain: one row per local day, hour and member (nil UUID: nobody) with calls.
-- Reads: rollup.call_hour. Answered is status completed; interested and successful are answered
-- calls that ended with interest or more (crm.is_interested), successful the outbound ones.
-- One statement without SET, so it inlines.
create function metrics.branch_calls(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (
    day date,
    hour smallint,
    user_id uuid,
    calls bigint,
    answered bigint,
    answered_outbound bigint,
    interested bigint,
    not_interested bigint,
    successful bigint,
    answered_seconds bigint
)
language sql
stable
parallel safe
as $$
    select
        c.day,
        c.hour,
        c.subject_id,
        sum(c.calls)::bigint,
        coalesce(sum(c.calls) filter (where c.status = 'completed'), 0)::bigint,
        coalesce(
            sum(c.calls) filter (where c.status = 'completed' and c.direction = 'outbound'), 0
        )::bigint,
        coalesce(
            sum(c.calls) filter (where c.status = 'completed' and crm.is_interested(c.outcome)), 0
        )::bigint,
        coalesce(
            sum(c.calls)
                filter (where c.status = 'completed' and c.outcome = 'not_interested'),
            0
        )::bigint,
        coalesce(
            sum(c.calls) filter (
                where
                c.status = 'completed'
                and c.direction = 'outbound'
                and crm.is_interested(c.outcome)
            ),
            0
        )::bigint,
        coalesce(sum(c.duration_seconds) filter (where c.status = 'completed'), 0)::bigint
    from rollup.call_hour as c
    where
        c.workspace_id = p_workspace_id
        and c.branch_id = p_branch_id
        and c.day >= p_from_day
        and c.day < p_to_day
    group by c.day, c.hour, c.subject_id
$$;
alter function metrics.branch_calls(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_calls(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_calls(uuid, uuid, date, date) is
'Calls of a branch in the local days [p_from_day, p_to_day) by day, hour and member: answered, interested, successful, seconds of the answered.';
