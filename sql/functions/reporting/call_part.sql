-- What a report says of calls: METRICS section 5. By direction, status and outcome (empty: none
-- known); interest among the answered calls; calls per local hour and the best hour.
-- Reads: rollup.call_hour, metrics.branch_calls, metrics.branch_hours.
create function reporting.call_part(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns jsonb
language sql
stable
as $$
    with calls as (
        select
            c.direction,
            c.status,
            coalesce(nullif(c.outcome, ''), 'unknown') as outcome,
            c.calls
        from rollup.call_hour as c
        where
            c.workspace_id = p_workspace_id
            and c.branch_id = p_branch_id
            and c.day >= p_from_day
            and c.day < p_to_day
    ),

    counts as (
        select
            k.what,
            jsonb_object_agg(k.name, k.n) as counts
        from (
            select
                v.what,
                v.name,
                sum(c.calls) as n
            from calls as c
            cross join lateral (
                values
                ('direction', c.direction), ('status', c.status), ('outcome', c.outcome)
            ) as v (what, name)
            group by v.what, v.name
        ) as k
        group by k.what
    ),

    hours as (
        select
            jsonb_agg(
                jsonb_build_object(
                    'hour', h.hour,
                    'calls', h.calls,
                    'answered', h.answered,
                    'interested', h.interested
                )
                order by h.hour
            ) as list,
            (
                jsonb_agg(
                    jsonb_build_object(
                        'hour', h.hour,
                        'calls', h.calls,
                        'answered', h.answered,
                        'interested', h.interested,
                        'interested_rate', metrics.percent(h.interested, h.calls)
                    )
                ) filter (where h.is_best)
            ) -> 0 as best
        from metrics.branch_hours(p_workspace_id, p_branch_id, p_from_day, p_to_day) as h
    ),

    interest as (
        select
            jsonb_build_object(
                'interested', coalesce(sum(c.interested), 0),
                'not_interested', coalesce(sum(c.not_interested), 0),
                'undecided',
                coalesce(sum(c.answered - c.interested - c.not_interested), 0)
            ) as counts
        from metrics.branch_calls(p_workspace_id, p_branch_id, p_from_day, p_to_day) as c
    )

    select
        jsonb_build_object(
            'by_direction', coalesce((
                select reporting.shares('direction', c.counts)
                from counts as c
                where c.what = 'direction'
            ), '[]'),
            'by_status', coalesce((
                select reporting.shares('status', c.counts)
                from counts as c
                where c.what = 'status'
            ), '[]'),
            'by_outcome', coalesce((
                select reporting.shares('outcome', c.counts)
                from counts as c
                where c.what = 'outcome'
            ), '[]'),
            'interest', reporting.shares('interest', i.counts),
            'hours', h.list,
            'best_hour', h.best
        )
    from hours as h
    cross join interest as i
$$;
alter function reporting.call_part(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function reporting.call_part(uuid, uuid, date, date) is
'Calls in a report, as JSON: by direction, status and outcome, interest among the answered, per local hour, and the best hour.';
