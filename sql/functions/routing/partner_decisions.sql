-- The last decisions that chose a partner, newest first. For owners, admins and the router's login.
create function routing.partner_decisions(
    p_workspace_id uuid, p_partner_id uuid, p_limit integer default 20
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.require_right(p_workspace_id);
    return coalesce(
        (
            select jsonb_agg(routing.decision_body(d) order by d.decided_at desc, d.id desc)
            from (
                select l.*
                from routing.lead_assignment_logs as l
                where l.workspace_id = p_workspace_id and l.chosen_user_id = p_partner_id
                order by l.routed_on desc, l.decided_at desc, l.id desc
                limit p_limit
            ) as k
            inner join routing.lead_assignment_logs as d
                on d.workspace_id = p_workspace_id and d.id = k.id
        ),
        '[]'
    );
end
$$;
alter function routing.partner_decisions(uuid, uuid, integer) owner to leadboard_owner;
grant execute on function routing.partner_decisions(uuid, uuid, integer)
to leadboard_router, leadboard_api;

comment on function routing.partner_decisions(uuid, uuid, integer) is
'The last routing decisions that chose a partner, newest first.';
