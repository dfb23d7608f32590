-- Removes a metric of the workspace. LB404 for an unknown one, LB403 without the right.
create function service.drop_rep_metric(p_workspace_id uuid, p_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.check_metric_right(p_workspace_id);
    delete from crm.custom_metrics as c
    where c.workspace_id = p_workspace_id and c.id = p_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such metric.';
    end if;
end
$$;
alter function service.drop_rep_metric(uuid, uuid) owner to leadboard_owner;
grant execute on function service.drop_rep_metric(uuid, uuid) to leadboard_api;

comment on function service.drop_rep_metric(uuid, uuid) is
'Removes a custom metric. Owners, admins and managers only.';
