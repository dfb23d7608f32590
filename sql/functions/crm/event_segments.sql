-- The segments that an event names by id or name.
create function crm.event_segments(p_workspace_id uuid, p_names text[])
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_segment_ids uuid[];
    v_unknown text;
begin
    select
        array_agg(found.id),
        min(n.name) filter (where found.id is null)
    into v_segment_ids, v_unknown
    from unnest(p_names) as n (name)
    left join lateral (
        select s.id
        from crm.segments as s
        where
            s.workspace_id = p_workspace_id
            and (s.id = app.try_uuid(n.name) or s.name = btrim(n.name))
        order by s.id = app.try_uuid(n.name) desc nulls last
        limit 1
    ) as found on true
    where n.name <> '';
    if v_unknown is not null then
        raise exception using
            errcode = 'LB422', message = format('No such segment: %s.', crm.quoted(v_unknown));
    end if;
    return coalesce(v_segment_ids, '{}');
end
$$;
alter function crm.event_segments(uuid, text[]) owner to leadboard_owner;

comment on function crm.event_segments(uuid, text[]) is
'The segments an event names by id or name; LB422 when one of them is unknown.';
