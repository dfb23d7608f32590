-- Deliveries of branches whose reports the caller may manage, as JSON, newest first: one (p_id), or
-- those of a branch, status and type (null: any) older than p_before. The figures are as they were
-- when it was made. LB403, LB404 as reporting.require_right.
-- delivery_time is when the last recipient had it; error_message the latest error of any.
create function reporting.delivery_documents(
    p_workspace_id uuid,
    p_id uuid,
    p_branch_id uuid,
    p_status text,
    p_report_type text,
    p_before uuid,
    p_limit integer
)
returns table (id uuid, document jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform reporting.require_right(
        p_workspace_id,
        coalesce(
            p_branch_id,
            (
                select d.branch_id
                from reporting.deliveries as d
                where d.workspace_id = p_workspace_id and d.id = p_id
            )
        )
    );
    return query
    select
        d.id,
        jsonb_build_object(
            'id', d.id,
            'gym_id', d.workspace_id,
            'branch_id', d.branch_id,
            'subscription_id', d.subscription_id,
            'report_type', d.report_type,
            'template_id', d.template_id,
            'delivery_method', d.delivery_method,
            'recipients', r.shown,
            'report_period_start', app.day_start(d.period_from, z.name),
            'report_period_end', app.day_start(d.period_to, z.name) - interval '1 second',
            'delivery_status', d.status,
            'delivery_time', r.sent_at,
            'error_message', r.error,
            'due_at', d.due_at,
            'is_late', d.is_late,
            'missed', to_jsonb(d.missed_on),
            'as_of', d.as_of,
            'generation', d.generation,
            'created_at', d.created_at,
            'updated_at', d.updated_at,
            'sendings', r.sendings,
            'report_data', reporting.named(d.report_data)
        )
    from reporting.deliveries as d
    cross join lateral (
        select reporting.zone_of(d.workspace_id, d.branch_id, null) as name
    ) as z
    cross join lateral (
        select
            coalesce(jsonb_agg(k.display order by k.position) filter (where k.kind = 'report'), '[]')
                as shown,
            max(k.sent_at) filter (where k.kind = 'report') as sent_at,
            (
                array_agg(k.last_error order by k.updated_at desc, k.position)
                    filter (where k.last_error is not null)
            )[1] as error,
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'id', k.id,
                        'recipient', k.display,
                        'kind', k.kind,
                        'channel', k.channel,
                        'status', k.status,
                        'attempts', k.attempts,
                        'next_attempt_at', k.next_attempt_at,
                        'last_error_class', k.last_error_class,
                        'last_error', k.last_error,
                        'message_id', k.message_id,
                        'sent_at', k.sent_at
                    )
                    order by k.position, k.id
                ),
                '[]'
            ) as sendings
        from reporting.delivery_recipients as k
        where k.workspace_id = d.workspace_id and k.delivery_id = d.id
    ) as r
    where
        d.workspace_id = p_workspace_id
        and (p_id is null or d.id = p_id)
        and (p_branch_id is null or d.branch_id = p_branch_id)
        and (p_status is null or d.status = p_status)
        and (p_report_type is null or d.report_type = p_report_type)
        and (p_before is null or d.id < p_before)
        and reporting.may_manage(app.current_user_id(), d.workspace_id, d.branch_id)
    order by d.id desc
    limit p_limit;
end
$$;
alter function reporting.delivery_documents(uuid, uuid, uuid, text, text, uuid, integer)
owner to leadboard_owner;
grant execute on function reporting.delivery_documents(
    uuid, uuid, uuid, text, text, uuid, integer
) to leadboard_api;

comment on function reporting.delivery_documents(uuid, uuid, uuid, text, text, uuid, integer) is
'Deliveries of branches whose reports the caller may manage, as JSON with figures and one entry per recipient, newest first.';
