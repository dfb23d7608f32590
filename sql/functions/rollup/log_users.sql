-- A person's name and address are shown in every workspace the person is a member of.
create function rollup.log_users()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
    select distinct
        m.workspace_id,
        'shown',
        app.nobody(),
        '-infinity'::timestamptz
    from changed_rows as r
    inner join crm.members as m on m.user_id = r.id;
    return null;
end
$$;
alter function rollup.log_users() owner to leadboard_owner;

comment on function rollup.log_users() is
'Trigger: logs that a person is shown differently, in each workspace of the person.';
