-- Computes rollups again from the facts: call ops.rebuild(workspace, from, to), null for all
-- workspaces, for the beginning and for the end. One transaction per workspace. The materialized
-- views follow with the next refresh.
create procedure ops.rebuild(
    p_workspace_id uuid default null, p_from_day date default null, p_to_day date default null
)
language plpgsql
as $$
declare
    v_workspace_id uuid;
begin
    call ops.leave_transaction_block('ops.rebuild');

    foreach v_workspace_id in array
        case
            when p_workspace_id is null then array(select ops.known_workspaces())
            else array[p_workspace_id]
        end
    loop
        perform ops.rebuild_workspace(v_workspace_id, p_from_day, p_to_day);
        commit;
    end loop;
end
$$;
alter procedure ops.rebuild(uuid, date, date) owner to leadboard_rollup;
grant execute on procedure ops.rebuild(uuid, date, date) to leadboard_ops;

comment on procedure ops.rebuild is
'Computes the rollups of a workspace (null: of all) for the local days [p_from_day, p_to_day) again.';
