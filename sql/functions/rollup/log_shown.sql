-- For tables that no rollup reads but that are shown beside figures or enter them later (names,
-- roles, routing profiles, goals): the workspace's version has to rise and its views to be
-- refreshed.
create function rollup.log_shown()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
    select distinct
        r.workspace_id,
        'shown',
        app.nobody(),
        '-infinity'::timestamptz
    from changed_rows as r;
    return null;
end
$$;
alter function rollup.log_shown() owner to leadboard_owner;

comment on function rollup.log_shown() is
'Trigger: logs that something of a workspace is shown differently, though no rollup reads it.';
