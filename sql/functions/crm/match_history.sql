-- Matches history with every rule that is new since the last time; the refresh calls it before it
-- looks at the rollups. Archived segments keep what they have.
-- Race: a rule that is changed meanwhile keeps its older matched_version and is due again; whoever
-- changes it waits no longer than the last line takes. Refreshes are one at a time.
-- Returns how many recipients changed their segments.
create function crm.match_history()
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
    v_changed bigint := 0;
begin
    for v in
        select
            s.workspace_id,
            s.id,
            s.version
        from crm.segments as s
        where s.matched_version <> s.version and s.archived_at is null
        order by s.workspace_id, s.id
    loop
        v_changed := v_changed + crm.match_segment(v.workspace_id, v.id, null);
        update crm.segments as s
        set matched_version = v.version
        where s.workspace_id = v.workspace_id and s.id = v.id and s.version = v.version;
    end loop;
    return v_changed;
end
$$;
alter function crm.match_history() owner to leadboard_owner;
grant execute on function crm.match_history() to leadboard_rollup;

comment on function crm.match_history() is
'Matches recipients without a snapshot with the rules that are new; returns how many changed.';
