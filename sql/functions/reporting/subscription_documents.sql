-- Subscriptions that the caller may manage, as JSON, newest first: one (p_id), or those of a branch
-- (null: any) older than p_before. Webhooks are shown without what makes them secret, signing keys
-- not at all. LB403, LB404 as reporting.require_right.
create function reporting.subscription_documents(
    p_workspace_id uuid, p_id uuid, p_branch_id uuid, p_before uuid, p_limit integer
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
                select s.branch_id
                from reporting.subscriptions as s
                where s.workspace_id = p_workspace_id and s.id = p_id
            )
        )
    );
    return query
    select
        s.id,
        jsonb_build_object(
            'id', s.id,
            'gym_id', s.workspace_id,
            'branch_id', s.branch_id,
            'report_type', s.report_type,
            'template_id', s.template_id,
            'is_active', s.is_active,
            'paused_reason', s.paused_reason,
            'delivery_method', s.delivery_method,
            'recipients', (
                select coalesce(jsonb_agg(coalesce(r.email, c.display) order by r.position), '[]')
                from reporting.subscription_recipients as r
                left join reporting.channel_secrets as c
                    on c.workspace_id = r.workspace_id and c.id = r.secret_id
                where r.workspace_id = s.workspace_id and r.subscription_id = s.id
            ),
            'delivery_time', to_char(s.delivery_time, 'HH24:MI'),
            'delivery_days', case
                when s.report_type = 'weekly' or cardinality(s.delivery_days) < 7
                    then reporting.weekday_names(s.delivery_days)
            end,
            'timezone', reporting.zone_of(s.workspace_id, s.branch_id, s.timezone),
            'next_delivery_at', case
                when s.is_active then
                    greatest(
                        s.next_due_at,
                        reporting.next_due_at(
                            s.delivery_time, s.delivery_days,
                            reporting.zone_of(s.workspace_id, s.branch_id, s.timezone),
                            s.scheduled_since
                        )
                    )
            end,
            'created_by', s.created_by_user_id,
            'created_at', s.created_at,
            'updated_at', s.updated_at
        )
    from reporting.subscriptions as s
    where
        s.workspace_id = p_workspace_id
        and (p_id is null or s.id = p_id)
        and (p_branch_id is null or s.branch_id = p_branch_id)
        and (p_before is null or s.id < p_before)
        and reporting.may_manage(app.current_user_id(), s.workspace_id, s.branch_id)
    order by s.id desc
    limit p_limit;
end
$$;
alter function reporting.subscription_documents(uuid, uuid, uuid, uuid, integer)
owner to leadboard_owner;
grant execute on function reporting.subscription_documents(uuid, uuid, uuid, uuid, integer)
to leadboard_api;

comment on function reporting.subscription_documents(uuid, uuid, uuid, uuid, integer) is
'Subscriptions that the caller may manage, as JSON, newest first.';
