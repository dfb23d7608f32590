-- The performance score of one partner, as of the last refresh: `calculatePerformanceScore` of the
-- source system. Owners, admins and operators only; LB404 for a partner who is not one of the
-- workspace.
-- NULL only when all weights are 0.
create function scoring.performance_score(p_workspace_id uuid, p_partner_id uuid)
returns numeric
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_score numeric;
begin
    perform scoring.require_admin(p_workspace_id);
    select s.performance_score into v_score
    from stats.partner_performance_stats as s
    where s.workspace_id = p_workspace_id and s.partner_id = p_partner_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such partner.';
    end if;
    return v_score;
end
$$;
-- Definer with all workspaces in sight: the check above is the right.
alter function scoring.performance_score(uuid, uuid) owner to leadboard_rollup;
grant execute on function scoring.performance_score(uuid, uuid) to leadboard_api;

comment on function scoring.performance_score(uuid, uuid) is
'Performance score (0-100) of a partner as of the last refresh, unrounded; calculatePerformanceScore of the source system.';
