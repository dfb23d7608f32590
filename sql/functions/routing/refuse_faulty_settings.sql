-- LB400 with one entry in errors per fault of the proposed settings; nothing when there is none.
create function routing.refuse_faulty_settings(p_workspace_id uuid, p_settings jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_errors jsonb;
begin
    select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message)) into v_errors
    from routing.settings_faults(p_workspace_id, p_settings) as f;
    if v_errors is not null then
        raise exception using
            errcode = 'LB400',
            message = 'These settings are not possible.',
            detail = jsonb_build_object('errors', v_errors)::text;
    end if;
end
$$;
alter function routing.refuse_faulty_settings(uuid, jsonb) owner to leadboard_owner;

comment on function routing.refuse_faulty_settings(uuid, jsonb) is
'LB400 (detail: errors) when proposed routing settings are not possible.';
