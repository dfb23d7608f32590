-- Keeps each version of a segment's rule: figures say which one a recipient was in. The first one
-- is as old as the segment and its maker's; a later one is that of whoever changes it.
create function crm.keep_segment_version()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into crm.segment_versions (
        workspace_id, segment_id, version, filter, created_by_user_id, created_at
    )
    values (
        new.workspace_id,
        new.id,
        new.version,
        new.filter,
        case
            when tg_op = 'INSERT' then new.created_by_user_id
            else (
                select m.user_id
                from crm.members as m
                where m.workspace_id = new.workspace_id and m.user_id = app.current_user_id()
            )
        end,
        case when tg_op = 'INSERT' then new.created_at else app.now() end
    );
    return null;
end
$$;
alter function crm.keep_segment_version() owner to leadboard_owner;

comment on function crm.keep_segment_version() is
'Trigger: writes a new version of a segment''s rule to crm.segment_versions.';
