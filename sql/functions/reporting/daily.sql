-- The daily report of a branch: everything that METRICS section 5 wants of one local day. Null for
-- a branch that does not exist.
--
-- It reads every figure of the branch: who calls it has made sure that the person it is made for
-- may see them (reporting.may_manage). A branch report is all or nothing, so that one question is
-- the whole check: docs/decisions/0014.
create function reporting.daily(p_workspace_id uuid, p_branch_id uuid, p_day date)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        reporting.head_part(
            p_workspace_id, p_branch_id, 'daily', p_day, p_day + 1,
            reporting.figures(p_workspace_id, p_branch_id, p_day, p_day + 1, null)
        )
        || jsonb_build_object(
            'leads', reporting.lead_part(p_workspace_id, p_branch_id, p_day, p_day + 1),
            'calls', reporting.call_part(p_workspace_id, p_branch_id, p_day, p_day + 1)
        )
$$;
alter function reporting.daily(uuid, uuid, date) owner to leadboard_rollup;
grant execute on function reporting.daily(uuid, uuid, date) to leadboard_owner;

comment on function reporting.daily(uuid, uuid, date) is
'Daily report of a branch, as JSON: figures, leads by status and source, calls, time of day.';
