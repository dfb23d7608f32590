-- The workspace a request is about: the one named, if the caller is a member of it, else the only
-- one there is. Another tenant's workspace and one that does not exist are the same 404.
create function app.resolve_workspace(p_workspace_id uuid)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_workspaces uuid [] := app.member_workspaces();
begin
    if p_workspace_id is not null then
        if p_workspace_id = any(v_workspaces) then
            return p_workspace_id;
        end if;
        raise exception using errcode = 'LB404', message = 'No such workspace.';
    end if;
    case cardinality(v_workspaces)
        when 1 then
            return v_workspaces[1];
        when 0 then
            raise exception using errcode = 'LB403', message = 'You are not a member of any workspace.';
        else
            raise exception using
                errcode = 'LB400',
                message = 'You are a member of several workspaces: name one with workspace_id.',
                detail = jsonb_build_object(
                    'workspaces',
                    (
                        select jsonb_agg(
                            jsonb_build_object('workspace_id', w.workspace_id, 'name', w.name)
                            order by w.name, w.workspace_id
                        )
                        from app.workspace_names(v_workspaces) as w
                    )
                )::text;
    end case;
end
$$;
alter function app.resolve_workspace(uuid) owner to leadboard_owner;
grant execute on function app.resolve_workspace(uuid) to leadboard_view, leadboard_api;

comment on function app.resolve_workspace(uuid) is
'The workspace of a request. LB404 when the caller is no member of the one named, LB400 (detail: workspaces) when several are possible and none is named, LB403 without any membership.';
