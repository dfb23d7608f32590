-- The industry that an event names by id or name; null for null.
create function crm.event_industry(p_name text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_industry_id uuid;
begin
    if p_name is null or btrim(p_name) = '' then
        return null;
    end if;
    select i.id
    into v_industry_id
    from crm.industries as i
    where i.id = app.try_uuid(p_name) or i.name = btrim(p_name)
    order by i.id = app.try_uuid(p_name) desc nulls last
    limit 1;
    if v_industry_id is null then
        raise exception using
            errcode = 'LB422',
            message = format('No such industry: %s.', crm.quoted(p_name));
    end if;
    return v_industry_id;
end
$$;
alter function crm.event_industry(text) owner to leadboard_owner;

comment on function crm.event_industry(text) is
'The industry an event names by id or name; LB422 when there is none.';
