-- Makes a report and keeps it: the figures of the local days [p_from_day, p_to_day), as they are
-- now, for the person p_user_id. Who calls it has checked that this person may see them.
-- Returns the key of the delivery. It has no recipients yet.
create function reporting.make_delivery(
    p_workspace_id uuid,
    p_branch_id uuid,
    p_report_type text,
    p_from_day date,
    p_to_day date,
    p_user_id uuid,
    p_template_id uuid
)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_data jsonb;
    v_id uuid;
begin
    if p_report_type = 'daily' then
        v_data := reporting.daily(p_workspace_id, p_branch_id, p_from_day);
    else
        v_data := reporting.weekly(p_workspace_id, p_branch_id, p_from_day, p_to_day);
    end if;
    insert into reporting.deliveries (
        workspace_id, branch_id, report_type, template_id, period_from, period_to, status,
        report_data, as_of, generation, computed_for_user_id
    )
    values (
        p_workspace_id,
        p_branch_id,
        p_report_type,
        p_template_id,
        p_from_day,
        p_to_day,
        'generated',
        v_data,
        (v_data ->> 'as_of')::timestamptz,
        (v_data ->> 'generation')::bigint,
        p_user_id
    )
    returning id into v_id;
    return v_id;
end
$$;
alter function reporting.make_delivery(uuid, uuid, text, date, date, uuid, uuid)
owner to leadboard_owner;

comment on function reporting.make_delivery(uuid, uuid, text, date, date, uuid, uuid) is
'Makes a report of a branch for a person and keeps it; returns the key of the delivery.';
