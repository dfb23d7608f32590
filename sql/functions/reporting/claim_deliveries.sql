-- Hands sendings that are due to a worker, each to one: for p_lease they are its own, then
-- anybody's again, so a worker that died needs nobody to notice. The token of the claim is what
-- reporting.finish_delivery() asks for: who was too late can finish nothing.
--
-- Before it is handed out, a sending is looked at once more: one whose subscription is paused by
-- now, or wanted by somebody who may no longer see the branch, is suppressed; one that took its
-- worker down with it c_attempts times is given up.
--
-- Returns what is needed to send: address or secret, report with names, template, Message-ID (the
-- same in every attempt). p_mail_domain is the part of the Message-ID after the @. Any number of
-- workers: rows that another one is looking at are skipped.
create function reporting.claim_deliveries(
    p_worker text, p_limit integer, p_mail_domain text, p_lease interval default '5 minutes'
)
returns table (
    workspace_id uuid,
    id uuid,
    token bigint,
    delivery_id uuid,
    kind text,
    channel text,
    email text,
    url text,
    signing_key text,
    message_id text,
    attempts integer,
    template_content text,
    template_name text,
    pause_reason text,
    notes jsonb,
    report_data jsonb
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_attempts constant integer := 12;
    v_row record;
    v_status text;
    v_reason text;
begin
    for v_row in
        select
            r.workspace_id,
            r.id,
            r.delivery_id
        from reporting.delivery_recipients as r
        where r.next_attempt_at <= app.now()
        order by r.next_attempt_at, r.delivery_id, r.position
        limit p_limit
        for update skip locked
    loop
        select
            case
                when r.status = 'claimed' and r.attempts >= c_attempts then 'dead'
                when r.kind = 'notice' then 'claimed'
                when s.id is not null and not s.is_active then 'suppressed'
                when not reporting.may_manage(r.requested_by_user_id, r.workspace_id, d.branch_id)
                    then 'suppressed'
                when r.email is null and r.secret_id is null then 'suppressed'
                else 'claimed'
            end,
            case
                when r.status = 'claimed' and r.attempts >= c_attempts
                    then 'Every worker that tried to send it broke off.'
                when s.id is not null and not s.is_active then 'The subscription is paused.'
                when r.email is null and r.secret_id is null then 'The address is gone.'
                else 'Who wanted it sent may no longer see the reports of this branch.'
            end
        into v_status, v_reason
        from reporting.delivery_recipients as r
        inner join reporting.deliveries as d
            on d.workspace_id = r.workspace_id and d.id = r.delivery_id
        left join reporting.subscriptions as s
            on s.workspace_id = d.workspace_id and s.id = d.subscription_id
        where r.workspace_id = v_row.workspace_id and r.id = v_row.id;

        if v_status = 'claimed' then
            return query
            with claimed as (
                update reporting.delivery_recipients as r
                set
                    status = 'claimed',
                    attempts = r.attempts + 1,
                    token = r.token + 1,
                    claimed_by = left(p_worker, 200),
                    lease_until = app.now() + p_lease,
                    next_attempt_at = app.now() + p_lease,
                    message_id = case
                        when r.channel = 'email'
                            then coalesce(r.message_id, format('<%s@%s>', r.id, p_mail_domain))
                    end
                where r.workspace_id = v_row.workspace_id and r.id = v_row.id
                returning r.*
            )

            select
                c.workspace_id,
                c.id,
                c.token,
                c.delivery_id,
                c.kind,
                c.channel,
                c.email,
                k.url,
                k.signing_key,
                c.message_id,
                c.attempts,
                t.template_content,
                t.name,
                s.paused_reason,
                jsonb_build_object(
                    'is_late', d.is_late, 'due_at', d.due_at, 'missed_on', to_jsonb(d.missed_on)
                ),
                reporting.named(d.report_data)
            from claimed as c
            inner join reporting.deliveries as d
                on d.workspace_id = c.workspace_id and d.id = c.delivery_id
            left join reporting.subscriptions as s
                on s.workspace_id = d.workspace_id and s.id = d.subscription_id
            left join reporting.templates as t
                on t.workspace_id = d.workspace_id and t.id = d.template_id
            left join reporting.channel_secrets as k
                on k.workspace_id = c.workspace_id and k.id = c.secret_id;
        else
            update reporting.delivery_recipients as r
            set
                status = v_status,
                next_attempt_at = null,
                lease_until = null,
                last_error_class = case when v_status = 'dead' then 'worker_lost' else 'not_wanted' end,
                last_error = v_reason
            where r.workspace_id = v_row.workspace_id and r.id = v_row.id;
            perform reporting.settle_delivery(v_row.workspace_id, v_row.delivery_id);
        end if;
    end loop;
end
$$;
alter function reporting.claim_deliveries(text, integer, text, interval) owner to leadboard_owner;
grant execute on function reporting.claim_deliveries(text, integer, text, interval)
to leadboard_worker;

comment on function reporting.claim_deliveries(text, integer, text, interval) is
'Hands sendings that are due to a worker, with lease and token, and with all that is needed to send them.';
