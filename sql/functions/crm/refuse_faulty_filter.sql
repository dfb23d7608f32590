-- LB400 with one entry in errors per fault of a segment's rule; nothing when there is none.
create function crm.refuse_faulty_filter(p_filter jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_errors jsonb;
begin
    select
        jsonb_agg(
            jsonb_build_object('field', concat_ws('.', 'filter', nullif(f.field, '')), 'message', f.message)
            order by f.field
        )
    into v_errors
    from crm.filter_faults(p_filter) as f;
    if v_errors is not null then
        raise exception using
            errcode = 'LB400',
            message = 'This rule is not possible.',
            detail = jsonb_build_object('errors', v_errors)::text;
    end if;
end
$$;
alter function crm.refuse_faulty_filter(jsonb) owner to leadboard_owner;
grant execute on function crm.refuse_faulty_filter(jsonb) to leadboard_api;

comment on function crm.refuse_faulty_filter(jsonb) is
'LB400 (detail: errors) when a segment''s rule is not possible.';
