-- Makes the report of one subscription that is due and enqueues it for its recipients. The caller
-- holds the subscription's row.
--
-- From the schedule follows every local day on which it was due since it was scheduled and last
-- enqueued. After an outage the latest of them is sent, late if it is, and the earlier ones are
-- listed in it. The period is the branch's: yesterday, or the last complete ISO week, at the moment
-- it was due. Doing it twice changes nothing: one delivery per subscription and local day, by key.
-- A creator who may no longer see the branch gets no report: the subscription is paused.
create function reporting.enqueue(p_subscription reporting.subscriptions)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c_late constant interval := '15 minutes';
    s constant reporting.subscriptions := p_subscription;
    v_zone constant text := reporting.zone_of(s.workspace_id, s.branch_id, s.timezone);
    v_due record;
    v_today date;
    v_delivery_id uuid;
begin
    if not reporting.may_manage(s.created_by_user_id, s.workspace_id, s.branch_id) then
        update reporting.subscriptions as u
        set
            is_active = false,
            paused_reason = 'Who made it may no longer see the reports of this branch.'
        where u.workspace_id = s.workspace_id and u.id = s.id;
        return;
    end if;

    select
        (array_agg(o.due_on order by o.due_on desc))[1] as due_on,
        (array_agg(o.due_at order by o.due_on desc))[1] as due_at,
        coalesce((array_agg(o.due_on order by o.due_on desc))[2:1001], '{}') as missed_on
    into v_due
    from reporting.occurrences(
        s.delivery_time, s.delivery_days, v_zone,
        -- What lies further back would fill the list and help nobody.
        greatest(s.scheduled_since, app.now() - interval '1 year'),
        app.now()
    ) as o
    where o.due_on > coalesce(s.last_due_on, '-infinity');

    if v_due.due_on is not null then
        v_today := app.local_day(
            v_due.due_at, reporting.zone_of(s.workspace_id, s.branch_id, null)
        );
        v_delivery_id := reporting.make_delivery(
            s.workspace_id, s.branch_id, s.report_type,
            case
                when s.report_type = 'daily' then v_today - 1
                else date_trunc('week', v_today)::date - 7
            end,
            case when s.report_type = 'daily' then v_today else date_trunc('week', v_today)::date end,
            s.created_by_user_id, s.template_id
        );
        update reporting.deliveries as d
        set
            subscription_id = s.id,
            delivery_method = s.delivery_method,
            due_on = v_due.due_on,
            due_at = v_due.due_at,
            is_late = app.now() - v_due.due_at > c_late,
            missed_on = v_due.missed_on,
            status = 'pending'
        where d.workspace_id = s.workspace_id and d.id = v_delivery_id;

        insert into reporting.delivery_recipients (
            workspace_id, delivery_id, position, channel, email, secret_id, display,
            next_attempt_at, requested_by_user_id
        )
        select
            r.workspace_id,
            v_delivery_id,
            r.position,
            s.delivery_method,
            r.email,
            r.secret_id,
            coalesce(r.email, c.display),
            app.now(),
            s.created_by_user_id
        from reporting.subscription_recipients as r
        left join reporting.channel_secrets as c
            on c.workspace_id = r.workspace_id and c.id = r.secret_id
        where r.workspace_id = s.workspace_id and r.subscription_id = s.id;
        perform reporting.settle_delivery(s.workspace_id, v_delivery_id);
    end if;

    update reporting.subscriptions as u
    set
        last_due_on = coalesce(v_due.due_on, u.last_due_on),
        next_due_at = (
            select min(o.due_at)
            from reporting.occurrences(
                s.delivery_time, s.delivery_days, v_zone,
                greatest(s.scheduled_since, app.now()),
                greatest(s.scheduled_since, app.now()) + interval '16 days'
            ) as o
            where o.due_on > coalesce(v_due.due_on, s.last_due_on, '-infinity')
        )
    where u.workspace_id = s.workspace_id and u.id = s.id;
end
$$;
alter function reporting.enqueue(reporting.subscriptions) owner to leadboard_owner;

comment on function reporting.enqueue(reporting.subscriptions) is
'Makes and enqueues the latest report of a subscription that is due, once, listing the days that were missed.';
