-- Removes a subscription with its recipients and secrets. What it has not sent is suppressed; what
-- it sent stays on record.
create function reporting.delete_subscription(p_workspace_id uuid, p_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform reporting.own_subscription(p_workspace_id, p_id);
    perform reporting.suppress(p_workspace_id, p_id, 'The subscription was removed.', false);
    delete from reporting.subscriptions as s
    where s.workspace_id = p_workspace_id and s.id = p_id;
end
$$;
alter function reporting.delete_subscription(uuid, uuid) owner to leadboard_owner;
grant execute on function reporting.delete_subscription(uuid, uuid) to leadboard_api;

comment on function reporting.delete_subscription(uuid, uuid) is
'Removes a subscription; what it has not sent is suppressed.';
