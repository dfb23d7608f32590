-- How much response times (hours) and ratings of one member vary within a window of local days
-- [p_from_day, p_to_day): what no sum of a rollup can tell, so the window's own leads and ratings
-- are read, by index.
-- Grain: one row for response_time, one for satisfaction. The variance is that of a sample (n - 1);
-- NULL with fewer than two values.
-- Reads: crm.leads by leads_subject_created_at, crm.lead_feedback by lead_feedback_user_id,
-- crm.workspaces, crm.branches.
create function metrics.variances(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (metric text, variance numeric)
language sql
stable
parallel safe
as $$
    select
        'response_time',
        var_samp(greatest(extract(epoch from l.first_contact_at - l.created_at), 0) / 3600)
    from crm.workspaces as w
    inner join crm.leads as l on l.workspace_id = w.workspace_id
    left join crm.branches as b on b.workspace_id = l.workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and l.workspace_id = p_workspace_id
        and coalesce(l.credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid) = p_user_id
        and l.created_at >= app.earliest_start(p_from_day)
        and l.created_at < app.latest_end(p_to_day)
        and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    union all
    select
        'satisfaction',
        var_samp(f.rating)
    from crm.workspaces as w
    inner join crm.lead_feedback as f on f.workspace_id = w.workspace_id
    inner join crm.leads as l on l.workspace_id = f.workspace_id and l.id = f.lead_id
    left join crm.branches as b on b.workspace_id = l.workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and f.workspace_id = p_workspace_id
        and f.user_id = p_user_id
        and f.created_at >= app.earliest_start(p_from_day)
        and f.created_at < app.latest_end(p_to_day)
        and app.local_day(f.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(f.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
$$;
alter function metrics.variances(uuid, uuid, date, date) owner to leadboard_rollup;
-- No grant to leadboard_view: bound by policies, it would read a part of the leads.

comment on function metrics.variances(uuid, uuid, date, date) is
'Sample variance of the response times (hours squared) and ratings of one member in the local days [from, to).';
