-- Defines a metric of the workspace (p_id null) or changes one; returns its id. p_metric has key,
-- title, expression (metrics.expression_faults) and is_lower_better. A change that changes nothing
-- writes nothing; any other raises the version.
-- LB400 with errors per field, LB409 for a key that is taken or when there are 100 already, LB404
-- for an unknown metric, LB403 without the right.
-- Lock order: the workspace, so that two at once cannot pass the limit together.
create function service.store_rep_metric(p_workspace_id uuid, p_id uuid, p_metric jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_most constant integer := 100;
    v_id uuid;
    v_errors jsonb;
begin
    perform crm.check_metric_right(p_workspace_id);

    select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message)) into v_errors
    from (
        select
            'expression' || coalesce('.' || nullif(e.field, ''), '') as field,
            e.message
        from metrics.expression_faults(p_metric -> 'expression') as e
        union all
        select
            'key',
            'A lower-case name of up to 60 letters, digits and underscores.'
        where coalesce(p_metric ->> 'key', '') !~ '^[a-z][a-z0-9_]{0,59}$'
        union all
        select
            'key',
            'Every workspace has a metric of that name.'
        from metrics.rep_metrics(null) as m
        where m.key = p_metric ->> 'key'
        union all
        select
            'title',
            'A text of 1 to 100 characters.'
        where char_length(btrim(coalesce(p_metric ->> 'title', ''))) not between 1 and 100
    ) as f;
    if v_errors is not null then
        raise exception using
            errcode = 'LB400',
            message = 'This metric is not possible.',
            detail = jsonb_build_object('errors', v_errors)::text;
    end if;

    perform
    from crm.workspaces as w
    where w.workspace_id = p_workspace_id
    for no key update;

    if p_id is null then
        if
            (
                select count(*)
                from crm.custom_metrics as c
                where c.workspace_id = p_workspace_id
            ) >= c_most
        then
            raise exception using
                errcode = 'LB409', message = 'A workspace may have 100 metrics of its own.';
        end if;
        insert into crm.custom_metrics (
            workspace_id, key, title, expression, is_lower_better, created_by_user_id
        )
        values (
            p_workspace_id,
            p_metric ->> 'key',
            btrim(p_metric ->> 'title'),
            p_metric -> 'expression',
            coalesce((p_metric ->> 'is_lower_better')::boolean, false),
            app.current_user_id()
        )
        returning id into v_id;
        return v_id;
    end if;

    if
        not exists (
            select from crm.custom_metrics as c
            where c.workspace_id = p_workspace_id and c.id = p_id
        )
    then
        raise exception using errcode = 'LB404', message = 'No such metric.';
    end if;
    update crm.custom_metrics as c
    set
        key = n.key,
        title = n.title,
        expression = n.expression,
        is_lower_better = n.is_lower_better,
        version = c.version + 1
    from (
        select
            p_metric ->> 'key' as key,
            btrim(p_metric ->> 'title') as title,
            p_metric -> 'expression' as expression,
            coalesce((p_metric ->> 'is_lower_better')::boolean, false) as is_lower_better
    ) as n
    where
        c.workspace_id = p_workspace_id
        and c.id = p_id
        and (c.key, c.title, c.expression, c.is_lower_better)
        is distinct from (n.key, n.title, n.expression, n.is_lower_better);
    return p_id;
exception
    when unique_violation then
        raise exception using
            errcode = 'LB409', message = 'The workspace has another metric with this key.';
end
$$;
alter function service.store_rep_metric(uuid, uuid, jsonb) owner to leadboard_owner;
grant execute on function service.store_rep_metric(uuid, uuid, jsonb) to leadboard_api;

comment on function service.store_rep_metric(uuid, uuid, jsonb) is
'Defines or changes a custom metric; returns its id. Owners, admins and managers only.';
