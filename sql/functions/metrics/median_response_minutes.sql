-- The median time to the first contact of one person's leads, in minutes: over the leads created in
-- the local days [p_from_day, p_to_day), credited to the person, that were contacted; exact. A
-- contact from before the lead came in took 0 minutes. NULL when there is none.
-- Reads: crm.leads by index leads_subject_created_at, the person's own only. No sum gives a median,
-- so it is no figure of a whole team (docs/decisions/0008).
-- Definer: reads everything of the person, for the functions of leadboard_view, which ask first
-- whose figures the caller may see.
create function metrics.median_response_minutes(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns numeric
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select metrics.median(array_agg(r.minutes order by r.minutes))
    from (
        select
            greatest(extract(epoch from l.first_contact_at - l.created_at), 0) / 60 as minutes
        from crm.leads as l
        inner join crm.workspaces as w on w.workspace_id = l.workspace_id
        left join crm.branches as b on b.workspace_id = l.workspace_id and b.id = l.branch_id
        where
            l.workspace_id = p_workspace_id
            and coalesce(l.credited_user_id, app.nobody()) = p_user_id
            and l.created_at >= app.earliest_start(p_from_day)
            and l.created_at < app.latest_end(p_to_day)
            and l.first_contact_at is not null
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    ) as r
$$;
alter function metrics.median_response_minutes(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.median_response_minutes(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.median_response_minutes(uuid, uuid, date, date) is
'Median minutes to the first contact over one person''s contacted leads of the local days [from, to); null without any.';
