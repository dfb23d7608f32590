-- Lands the calls of import_row (see crm.read_import); returns how many were new and how many
-- changed. Without a branch of its own a call is its lead's branch's. Calls about leads write their
-- activities by trigger.
create function crm.import_calls(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.create_import_names(p_import, 'branch');
    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with wanted as (
        select
            c.id,
            coalesce(i.branch, c.branch_id) as branch_id,
            coalesce(i.lead, c.lead_id) as lead_id,
            coalesce(i."user", c.user_id) as user_id,
            i.direction,
            i.status,
            coalesce(i.outcome, c.outcome) as outcome,
            coalesce(i.duration_seconds, c.duration_seconds) as duration_seconds,
            i.started_at,
            coalesce(i.notes, c.notes) as notes
        from pg_temp.import_row as i
        inner join lateral (
            select k.*
            from crm.call_logs as k
            where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
            offset 0
        ) as c on true
    ),

    changed as (
        update crm.call_logs as c
        set
            branch_id = w.branch_id,
            lead_id = w.lead_id,
            user_id = w.user_id,
            direction = w.direction,
            status = w.status,
            outcome = w.outcome,
            duration_seconds = w.duration_seconds,
            started_at = w.started_at,
            notes = w.notes
        from wanted as w
        where
            c.workspace_id = p_import.workspace_id
            and c.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and c.id = w.id
            and (
                c.branch_id, c.lead_id, c.user_id, c.direction, c.status, c.outcome,
                c.duration_seconds, c.started_at, c.notes
            ) is distinct from (
                w.branch_id, w.lead_id, w.user_id, w.direction, w.status, w.outcome,
                w.duration_seconds, w.started_at, w.notes
            )
        returning 1
    ),

    added as (
        insert into crm.call_logs (
            workspace_id, id, branch_id, lead_id, user_id, direction, status, outcome,
            duration_seconds, started_at, notes, source_system, external_id
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            coalesce(i.branch, l.branch_id),
            i.lead,
            i."user",
            i.direction,
            i.status,
            i.outcome,
            coalesce(i.duration_seconds, 0),
            i.started_at,
            i.notes,
            p_import.source_system,
            i.key
        from pg_temp.import_row as i
        left join lateral (
            select k.*
            from crm.leads as k
            where k.workspace_id = p_import.workspace_id and k.id = i.lead
            offset 0
        ) as l on true
        where i.existing_id is null
        order by i.line
        on conflict do nothing
        returning 1
    )

    select
        (select count(*) from added as a),
        (select count(*) from changed as c);
end
$$;
alter function crm.import_calls(crm.imports) owner to leadboard_owner;

comment on function crm.import_calls(crm.imports) is 'Lands the calls of an import; counts new and changed ones.';
