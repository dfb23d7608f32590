-- What every report begins with: whose it is, which days, and how fresh its figures are. No row for
-- a branch that does not exist.
-- as_of: when the rollups were last brought up to the facts; generation: the number of that
-- refresh. Both null before the first.
-- is_empty: no lead came in or was won, and nobody called.
create function reporting.head_part(
    p_workspace_id uuid,
    p_branch_id uuid,
    p_report_type text,
    p_from_day date,
    p_to_day date,
    p_figures jsonb
)
returns jsonb
language sql
stable
as $$
    select
        jsonb_build_object(
            'report_type', p_report_type,
            'workspace', jsonb_build_object('id', w.workspace_id, 'name', w.name),
            'branch', jsonb_build_object('id', b.id, 'name', b.name),
            'period',
            reporting.period(p_from_day, p_to_day, coalesce(b.timezone, w.timezone)),
            'as_of', (
                select s.last_success_at
                from ops.refresh_state as s
                where s.name = 'rollup'
            ),
            'generation', (
                select s.generation
                from ops.refresh_state as s
                where s.name = 'rollup'
            ),
            'is_empty', not exists (
                select
                from jsonb_to_recordset(p_figures) as f (key text, value numeric)
                where f.key in ('new_leads', 'converted', 'calls') and f.value > 0
            ),
            'figures', p_figures
        )
    from crm.workspaces as w
    inner join crm.branches as b on b.workspace_id = w.workspace_id
    where w.workspace_id = p_workspace_id and b.id = p_branch_id
$$;
alter function reporting.head_part(uuid, uuid, text, date, date, jsonb) owner to leadboard_rollup;

comment on function reporting.head_part(uuid, uuid, text, date, date, jsonb) is
'Workspace, branch, period, freshness and figures of a report, as JSON.';
