-- Makes a segment (p_segment_id null) or changes one; returns its key. p_segment has name, filter
-- and, to change: version (what the caller saw; LB409 when it is another by now) and archived. What
-- is left out stays. A rule that changes is a new version; figures of the former one stay.
-- Owners and admins only: LB403; LB404 for what is not there; LB409 for a name that is taken; LB400
-- with errors per field for what is not possible.
-- Race: the segment is locked, so versions count without gaps.
create function crm.save_segment(p_workspace_id uuid, p_segment_id uuid, p_segment jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_segment crm.segments;
    v_name text := btrim(p_segment ->> 'name');
    v_errors jsonb;
begin
    if p_workspace_id <> all(app.admin_workspaces()) then
        if p_workspace_id <> all(app.member_workspaces()) then
            raise exception using errcode = 'LB404', message = 'No such workspace.';
        end if;
        raise exception using
            errcode = 'LB403', message = 'Only an owner or admin of the workspace may change its segments.';
    end if;
    if p_segment_id is not null then
        select * into v_segment
        from crm.segments as s
        where s.workspace_id = p_workspace_id and s.id = p_segment_id
        for no key update;
        if not found then
            raise exception using errcode = 'LB404', message = 'No such segment.';
        end if;
        if (p_segment ->> 'version')::integer <> v_segment.version then
            raise exception using
                errcode = 'LB409',
                message = format('The segment is at version %s by now.', v_segment.version);
        end if;
    end if;

    select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message)) into v_errors
    from (
        select
            'name' as field,
            'A name of 1 to 200 characters.' as message
        where not coalesce(char_length(v_name) between 1 and 200, p_segment_id is not null)
        union all
        select
            concat_ws('.', 'filter', nullif(r.field, '')),
            r.message
        from crm.filter_faults(p_segment -> 'filter') as r
        where p_segment ? 'filter' or p_segment_id is null
    ) as f;
    if v_errors is not null then
        raise exception using
            errcode = 'LB400',
            message = 'This segment is not possible.',
            detail = jsonb_build_object('errors', v_errors)::text;
    end if;

    if p_segment_id is null then
        insert into crm.segments (workspace_id, name, filter, created_by_user_id, created_at)
        values (p_workspace_id, v_name, p_segment -> 'filter', app.current_user_id(), app.now())
        returning * into v_segment;
    else
        update crm.segments as s
        set
            name = coalesce(v_name, s.name),
            filter = coalesce(p_segment -> 'filter', s.filter),
            archived_at = case (p_segment ->> 'archived')::boolean
                when true then coalesce(s.archived_at, app.now())
                when false then null
                else s.archived_at
            end
        where s.workspace_id = p_workspace_id and s.id = p_segment_id;
    end if;
    return v_segment.id;
exception
    when unique_violation then
        raise exception using
            errcode = 'LB409', message = 'A segment of this name exists already, perhaps an archived one.';
end
$$;
alter function crm.save_segment(uuid, uuid, jsonb) owner to leadboard_owner;
grant execute on function crm.save_segment(uuid, uuid, jsonb) to leadboard_api;

comment on function crm.save_segment(uuid, uuid, jsonb) is
'Makes or changes a segment; owners and admins only. A changed rule is a new version.';
