-- Lands a staged file: checks every row, inserts and updates the good ones, keeps the faults in
-- crm.import_rejects, clears the staging and counts. All in the caller's one transaction: a failure
-- leaves everything as it was.
--
-- Again after it was applied: answers the same counts and does nothing. The same file again: every
-- row is unchanged.
-- Plans: a workspace that is just being filled is not in the statistics yet, and a nested loop over
-- rows that were thought to be few never ends. So joins here are hash joins, and what is known is
-- looked up by its key (lateral ... offset 0): the cost follows the file and not the tables. To
-- PostgreSQL up to 17 such a look-up then seems so costly that it would compile it first, which
-- takes seconds; hence no jit.
-- Races: imports of one workspace follow each other (advisory lock). The leads that rows are about
-- are locked in the order of their ids, as crm.record_events does.
create function crm.apply_import(p_workspace_id uuid, p_import_id uuid)
returns table (
    import_id uuid,
    status text,
    row_count integer,
    inserted_count integer,
    updated_count integer,
    unchanged_count integer,
    rejected_count integer,
    warning_count integer
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set enable_nestloop = off
set jit = off
as $$
declare
    v_import crm.imports;
    v_staged integer;
    v_rejected integer;
    v_warnings integer;
    v_inserted bigint;
    v_updated bigint;
begin
    perform crm.check_import_right(p_workspace_id);
    perform pg_advisory_xact_lock(hashtextextended('crm.apply_import ' || p_workspace_id::text, 0));
    select i.* into v_import
    from crm.imports as i
    where i.workspace_id = p_workspace_id and i.id = p_import_id
    for update;
    if v_import.id is null then
        raise exception using errcode = 'LB404', message = 'No such import.';
    end if;
    if v_import.status = 'failed' then
        raise exception using errcode = 'LB409', message = 'This import was given up; begin a new one.';
    end if;

    if v_import.status = 'staging' then
        perform crm.read_import(v_import);
        case v_import.kind
            when 'leads' then select r.* into v_inserted, v_updated from crm.import_leads(v_import) as r;
            when 'members' then select r.* into v_inserted, v_updated from crm.import_members(v_import) as r;
            when 'profiles' then select r.* into v_inserted, v_updated from crm.import_profiles(v_import) as r;
            when 'activities' then select r.* into v_inserted, v_updated from crm.import_activities(v_import) as r;
            when 'tasks' then select r.* into v_inserted, v_updated from crm.import_tasks(v_import) as r;
            when 'notes' then select r.* into v_inserted, v_updated from crm.import_notes(v_import) as r;
            when 'calls' then select r.* into v_inserted, v_updated from crm.import_calls(v_import) as r;
            when 'campaigns' then select r.* into v_inserted, v_updated from crm.import_campaigns(v_import) as r;
            when 'recipients' then select r.* into v_inserted, v_updated from crm.import_recipients(v_import) as r;
            when 'feedback' then select r.* into v_inserted, v_updated from crm.import_feedback(v_import) as r;
            when 'tickets' then select r.* into v_inserted, v_updated from crm.import_tickets(v_import) as r;
        end case;

        insert into crm.import_rejects (
            workspace_id, import_id, line, column_name, reason, is_warning, cells, created_at
        )
        select
            p_workspace_id,
            p_import_id,
            f.line,
            f.column_name,
            string_agg(distinct f.reason, '; '),
            f.is_warning,
            coalesce(min(r.cells) filter (where not f.is_warning), '{}'),
            app.now()
        from pg_temp.import_fault as f
        left join crm.import_rows as r
            on
                r.workspace_id = p_workspace_id
                and r.import_id = p_import_id
                and r.line = f.line
        group by f.line, f.column_name, f.is_warning
        on conflict do nothing;

        with removed as (
            delete from crm.import_rows as r
            where r.workspace_id = p_workspace_id and r.import_id = p_import_id
            returning r.line
        )

        select count(*)
        into v_staged
        from removed as r;

        select
            count(distinct r.line) filter (where not r.is_warning),
            count(*) filter (where r.is_warning),
            v_staged + count(distinct r.line) filter (
                where not r.is_warning and r.line not in (select f.line from pg_temp.import_fault as f)
            )
        into v_rejected, v_warnings, v_staged
        from crm.import_rejects as r
        where r.workspace_id = p_workspace_id and r.import_id = p_import_id;

        update crm.imports as i
        set
            status = 'applied',
            row_count = v_staged,
            inserted_count = v_inserted,
            updated_count = v_updated,
            unchanged_count = v_staged - v_rejected - v_inserted - v_updated,
            rejected_count = v_rejected,
            warning_count = v_warnings,
            finished_at = app.now()
        where i.workspace_id = p_workspace_id and i.id = p_import_id;
    end if;

    return query
    select
        i.id,
        i.status,
        i.row_count,
        i.inserted_count,
        i.updated_count,
        i.unchanged_count,
        i.rejected_count,
        i.warning_count
    from crm.imports as i
    where i.workspace_id = p_workspace_id and i.id = p_import_id;
end
$$;
alter function crm.apply_import(uuid, uuid) owner to leadboard_owner;
grant execute on function crm.apply_import(uuid, uuid) to leadboard_api;

comment on function crm.apply_import(uuid, uuid) is
'Lands the staged rows of an import and returns its counts; once, again it only answers. LB403, LB404, LB409.';
