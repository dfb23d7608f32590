-- The weekly report of a branch: everything that METRICS section 5 wants of the local days
-- [p_from_day, p_to_day), each figure beside that of as many days before. Null for a branch that
-- does not exist.
--
-- It reads every figure of the branch: who calls it has made sure that the person it is made for
-- may see them (reporting.may_manage).
create function reporting.weekly(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        reporting.head_part(
            p_workspace_id, p_branch_id, 'weekly', p_from_day, p_to_day,
            reporting.figures(
                p_workspace_id, p_branch_id, p_from_day, p_to_day,
                p_from_day - (p_to_day - p_from_day)
            )
        )
        || jsonb_build_object(
            'previous_period', jsonb_build_object(
                'start', p_from_day - (p_to_day - p_from_day), 'end', p_from_day - 1
            ),
            'leads', reporting.lead_part(p_workspace_id, p_branch_id, p_from_day, p_to_day),
            'calls', reporting.call_part(p_workspace_id, p_branch_id, p_from_day, p_to_day),
            'funnel', reporting.funnel_part(
                p_workspace_id, p_branch_id, p_from_day, p_to_day,
                p_from_day - (p_to_day - p_from_day)
            ),
            'staff', reporting.staff_part(p_workspace_id, p_branch_id, p_from_day, p_to_day),
            'trend', (
                select jsonb_agg(to_jsonb(d.*) order by d.day)
                from metrics.branch_days(p_workspace_id, p_branch_id, p_from_day, p_to_day) as d
            )
        )
$$;
alter function reporting.weekly(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function reporting.weekly(uuid, uuid, date, date) to leadboard_owner;

comment on function reporting.weekly(uuid, uuid, date, date) is
'Weekly report of a branch, as JSON: the daily one with the previous week beside each figure, funnel, staff and trend per day.';
