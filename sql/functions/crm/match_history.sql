-- Matches history, the recipients without a snapshot: all of it with every rule that is new since
-- the last time, and what of it is new (crm.unmatched_history) with every rule. Nobody else does:
-- the refresh calls it before it looks at the rollups, and refreshes are one at a time. Archived
-- segments keep what they have.
--
-- Races: history and rules are written by sessions that do not see each other. Whatever commits
-- later is still to be done then, and meets the other, which is visible by that time: history by
-- its entry in the log, which is taken before any rule is read; a rule by its matched_version. A
-- rule that is changed meanwhile keeps the older matched_version and is due again.
-- Nobody waits here for an import, and who changes a rule waits for the last line only.
-- Returns how many recipients changed their segments.
create function crm.match_history()
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new record;
    v record;
    v_changed bigint := 0;
begin
    for v_new in
        with taken as (
            delete from crm.unmatched_history as h
            returning h.workspace_id, h.lead_id
        )

        select
            t.workspace_id,
            array_agg(distinct t.lead_id) as lead_ids
        from taken as t
        group by t.workspace_id
        order by t.workspace_id
    loop
        for v in
            select s.id
            from crm.segments as s
            where s.workspace_id = v_new.workspace_id and s.archived_at is null
            order by s.id
        loop
            v_changed := v_changed + crm.match_segment(v_new.workspace_id, v.id, v_new.lead_ids);
        end loop;
    end loop;

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
'Matches recipients without a snapshot with the rules that are new, and new ones with all rules; returns how many changed.';
