-- Lands the tasks of import_row (see crm.read_import); returns how many were new and how many
-- changed. A task that was done without a word about by whom was done by its assignee.
create function crm.import_tasks(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.import_fault (line, column_name, reason)
    select
        i.line,
        coalesce(p_import.mapping #>> '{columns,cancelled_at}', ''),
        'the task is both completed and cancelled'
    from pg_temp.import_row as i
    left join lateral (
        select k.*
        from crm.tasks as k
        where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
        offset 0
    ) as t on true
    where num_nonnulls(coalesce(i.completed_at, t.completed_at), coalesce(i.cancelled_at, t.cancelled_at)) > 1;
    perform crm.drop_faulty_rows();

    insert into pg_temp.import_fault (line, column_name, reason, is_warning)
    select
        i.line,
        coalesce(p_import.mapping #>> '{columns,completed_at}', ''),
        'the task was completed before it was created',
        true
    from pg_temp.import_row as i
    where i.completed_at < i.created_at;

    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with wanted as (
        select
            t.id,
            coalesce(i.lead, t.lead_id) as lead_id,
            coalesce(i.created_by, t.created_by_user_id) as created_by_user_id,
            coalesce(i.assigned_to, t.assigned_to_user_id) as assigned_to_user_id,
            coalesce(i.title, t.title) as title,
            coalesce(i.due_at, t.due_at) as due_at,
            coalesce(i.completed_at, t.completed_at) as completed_at,
            case
                when coalesce(i.completed_at, t.completed_at) is not null
                    then coalesce(
                        i.completed_by, t.completed_by_user_id, i.assigned_to, t.assigned_to_user_id
                    )
            end as completed_by_user_id,
            coalesce(i.cancelled_at, t.cancelled_at) as cancelled_at,
            coalesce(i.created_at, t.created_at) as created_at
        from pg_temp.import_row as i
        inner join lateral (
            select k.*
            from crm.tasks as k
            where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
            offset 0
        ) as t on true
    ),

    changed as (
        update crm.tasks as t
        set
            lead_id = w.lead_id,
            created_by_user_id = w.created_by_user_id,
            assigned_to_user_id = w.assigned_to_user_id,
            title = w.title,
            due_at = w.due_at,
            completed_at = w.completed_at,
            completed_by_user_id = w.completed_by_user_id,
            cancelled_at = w.cancelled_at,
            created_at = w.created_at
        from wanted as w
        where
            t.workspace_id = p_import.workspace_id
            and t.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and t.id = w.id
            and (
                t.lead_id, t.created_by_user_id, t.assigned_to_user_id, t.title, t.due_at,
                t.completed_at, t.completed_by_user_id, t.cancelled_at, t.created_at
            ) is distinct from (
                w.lead_id, w.created_by_user_id, w.assigned_to_user_id, w.title, w.due_at,
                w.completed_at, w.completed_by_user_id, w.cancelled_at, w.created_at
            )
        returning 1
    ),

    added as (
        insert into crm.tasks (
            workspace_id, id, lead_id, created_by_user_id, assigned_to_user_id, title, due_at,
            completed_at, completed_by_user_id, cancelled_at, source_system, external_id, created_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.lead,
            i.created_by,
            coalesce(i.assigned_to, i.created_by),
            coalesce(i.title, ''),
            i.due_at,
            i.completed_at,
            case
                when i.completed_at is not null then coalesce(i.completed_by, i.assigned_to, i.created_by)
            end,
            i.cancelled_at,
            p_import.source_system,
            i.key,
            i.created_at
        from pg_temp.import_row as i
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
alter function crm.import_tasks(crm.imports) owner to leadboard_owner;

comment on function crm.import_tasks(crm.imports) is 'Lands the tasks of an import; counts new and changed ones.';
