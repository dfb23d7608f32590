-- LB400 with one entry in errors per fault; nothing when there is none (null).
create function reporting.refuse(p_errors jsonb)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if jsonb_array_length(p_errors) > 0 then
        raise exception using
            errcode = 'LB400',
            message = 'The request is not valid.',
            detail = jsonb_build_object('errors', p_errors)::text;
    end if;
end
$$;
alter function reporting.refuse(jsonb) owner to leadboard_owner;

comment on function reporting.refuse(jsonb) is
'LB400 (detail: errors) when there are faults.';
