-- Makes a subscription (p_id null) or changes one; fields left out stay as they are. Returns its
-- key. Without days a daily report comes every day, a weekly one on Mondays.
--
-- What a change does to a report that is enqueued and not yet sent: paused, it is not sent; a
-- recipient taken off does not get it; the template and everything else count from the next one on.
-- A new time, day or zone, and resuming, count from now on: nothing is made up for.
-- LB400 with errors per field, LB403, LB404. Locks the subscription, then its sendings.
create function reporting.save_subscription(p_workspace_id uuid, p_id uuid, p_subscription jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_all constant integer[] := array[1, 2, 3, 4, 5, 6, 7];
    p constant jsonb := p_subscription;
    v_old reporting.subscriptions;
    v_row reporting.subscriptions;
    v_days text[];
    v_time text;
    v_recipients text[] := case
        when jsonb_typeof(p -> 'recipients') = 'array'
            then array(select jsonb_array_elements_text(p -> 'recipients'))
    end;
    v_key text := p ->> 'signing_key';
    v_known text[] := '{}';
begin
    if p_id is not null then
        v_old := reporting.own_subscription(p_workspace_id, p_id);
    end if;
    v_row := v_old;
    v_row.workspace_id := p_workspace_id;
    v_row.branch_id := coalesce((p ->> 'branch_id')::uuid, v_row.branch_id);
    v_row.report_type := coalesce(p ->> 'report_type', v_row.report_type);
    v_row.delivery_method := coalesce(p ->> 'delivery_method', v_row.delivery_method);
    v_row.is_active := coalesce((p ->> 'is_active')::boolean, v_row.is_active, true);
    v_row.template_id
        := case when p ? 'template_id' then (p ->> 'template_id')::uuid else v_row.template_id end;
    v_row.timezone := case when p ? 'timezone' then p ->> 'timezone' else v_row.timezone end;
    v_time := coalesce(p ->> 'delivery_time', to_char(v_row.delivery_time, 'HH24:MI'));
    v_days := case
        when jsonb_typeof(p -> 'delivery_days') = 'array'
            then array(select jsonb_array_elements_text(p -> 'delivery_days'))
    end;

    -- Also who changes the branch must have the right to the new one.
    perform reporting.require_right(p_workspace_id, v_row.branch_id);
    if p_id is not null and v_row.delivery_method = v_old.delivery_method then
        select
            coalesce(array_agg(c.display), '{}'),
            coalesce(v_key, min(c.signing_key))
        into v_known, v_key
        from reporting.channel_secrets as c
        where c.workspace_id = p_workspace_id and c.subscription_id = p_id;
    end if;
    perform reporting.refuse((
        select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message))
        from (
            select
                a.field,
                a.message
            from reporting.subscription_faults(v_row, v_days, v_time) as a
            union all
            select
                'recipients',
                'Required.'
            where
                v_recipients is null
                and v_row.delivery_method is distinct from v_old.delivery_method
            union all
            select
                b.field,
                b.message
            from reporting.recipient_faults(v_row.delivery_method, v_recipients, v_key, v_known) as b
            where v_recipients is not null or p ? 'signing_key'
        ) as f
    ));

    v_row.delivery_time := v_time::time;
    v_row.delivery_days := case
        when v_days is not null
            then array(select distinct reporting.weekday(d.name) from unnest(v_days) as d (name) order by 1)
        when v_row.report_type = v_old.report_type and not p ? 'delivery_days' then v_old.delivery_days
        when v_row.report_type = 'weekly' then array[1]
        else c_all
    end;
    if
        p_id is null
        or (v_row.is_active and not v_old.is_active)
        or (v_row.delivery_time, v_row.delivery_days, v_row.timezone, v_row.branch_id)
        is distinct from (v_old.delivery_time, v_old.delivery_days, v_old.timezone, v_old.branch_id)
    then
        v_row.scheduled_since := app.now();
        v_row.next_due_at := reporting.next_due_at(
            v_row.delivery_time, v_row.delivery_days,
            reporting.zone_of(p_workspace_id, v_row.branch_id, v_row.timezone), app.now()
        );
    end if;
    if v_row.is_active then
        v_row.paused_reason := null;
    end if;

    if p_id is null then
        v_row.id := app.uuid_v7();
        v_row.created_by_user_id := app.current_user_id();
        v_row.created_at := app.now();
        v_row.updated_at := app.now();
        insert into reporting.subscriptions
        select v_row.*;
    else
        update reporting.subscriptions as s
        set
            branch_id = v_row.branch_id,
            report_type = v_row.report_type,
            template_id = v_row.template_id,
            is_active = v_row.is_active,
            paused_reason = v_row.paused_reason,
            delivery_method = v_row.delivery_method,
            delivery_time = v_row.delivery_time,
            delivery_days = v_row.delivery_days,
            timezone = v_row.timezone,
            scheduled_since = v_row.scheduled_since,
            next_due_at = v_row.next_due_at
        where s.workspace_id = p_workspace_id and s.id = p_id;
    end if;

    if v_recipients is not null then
        perform reporting.set_recipients(v_row, v_recipients, v_key);
    elsif p ? 'signing_key' then
        update reporting.channel_secrets as c
        set signing_key = v_key
        where
            c.workspace_id = p_workspace_id
            and c.subscription_id = p_id
            and c.channel = 'webhook';
    end if;
    if p_id is not null and not v_row.is_active then
        perform reporting.suppress(p_workspace_id, p_id, 'The subscription is paused.', false);
    elsif p_id is not null then
        perform reporting.suppress(
            p_workspace_id, p_id, 'The recipient was taken off the subscription.', true
        );
    end if;
    return v_row.id;
end
$$;
alter function reporting.save_subscription(uuid, uuid, jsonb) owner to leadboard_owner;
grant execute on function reporting.save_subscription(uuid, uuid, jsonb) to leadboard_api;

comment on function reporting.save_subscription(uuid, uuid, jsonb) is
'Makes or changes a subscription; returns its key.';
