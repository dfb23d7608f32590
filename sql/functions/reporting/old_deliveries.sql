-- Deliveries that were made before a moment and are over since: p_limit at most, of each workspace
-- the oldest first, by index deliveries_created_at.
create function reporting.old_deliveries(p_before timestamptz, p_limit integer)
returns table (workspace_id uuid, id uuid)
language sql
stable
as $$
    select
        o.workspace_id,
        o.id
    from crm.workspaces as w
    cross join lateral (
        select
            d.workspace_id,
            d.id
        from reporting.deliveries as d
        where
            d.workspace_id = w.workspace_id
            and d.created_at < p_before
            and reporting.is_over(d.workspace_id, d.id, p_before)
        order by d.created_at
        limit p_limit
    ) as o
    limit p_limit
$$;
alter function reporting.old_deliveries(timestamptz, integer) owner to leadboard_owner;

comment on function reporting.old_deliveries(timestamptz, integer) is
'Deliveries made before a moment that nobody has waited for or got since, at most so many.';
