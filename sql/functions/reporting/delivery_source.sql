-- What a delivery is drawn from: the report with names, its notes, and the template it was to be
-- sent with, if that is still there. LB403, LB404.
create function reporting.delivery_source(p_workspace_id uuid, p_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    d reporting.deliveries;
begin
    d := reporting.own_delivery(p_workspace_id, p_id);
    return jsonb_build_object(
        'report_data', reporting.named(d.report_data),
        'notes', jsonb_build_object(
            'is_late', d.is_late, 'due_at', d.due_at, 'missed_on', to_jsonb(d.missed_on)
        ),
        'template_content', (
            select t.template_content
            from reporting.templates as t
            where t.workspace_id = d.workspace_id and t.id = d.template_id
        )
    );
end
$$;
alter function reporting.delivery_source(uuid, uuid) owner to leadboard_owner;
grant execute on function reporting.delivery_source(uuid, uuid) to leadboard_api;

comment on function reporting.delivery_source(uuid, uuid) is
'What a delivery is drawn from, as JSON: report_data, notes, template_content.';
