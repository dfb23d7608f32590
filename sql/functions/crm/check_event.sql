-- What is wrong with an event by itself, in words for its sender; null when nothing is. Whether
-- what it names exists, and whether the caller may, is found out when it is applied.
-- Reads: crm.event_fields (the catalogue) and the clock.
create function crm.check_event(p_event jsonb)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    c_offset constant text := '(z|[+-]\d\d:?\d\d)$';
    v_type text;
    v_at timestamptz;
    v_reasons text;
begin
    if p_event is null then
        return 'The event has a NUL character, half a surrogate pair or a number that is too large.';
    end if;
    if jsonb_typeof(p_event) <> 'object' then
        return 'An event is an object.';
    end if;

    v_type := p_event ->> 'type';
    if v_type is null or not exists (select from crm.event_fields() as f where f.event_type = v_type) then
        return case
            when v_type is null then 'type is missing.'
            else format('The type %s is unknown.', crm.quoted(v_type))
        end;
    end if;
    if app.try_uuid(p_event ->> 'event_id') is null then
        return 'event_id must be a UUID.';
    end if;
    if jsonb_typeof(p_event -> 'occurred_at') = 'string' and p_event ->> 'occurred_at' ~* c_offset then
        v_at := app.try_time(p_event ->> 'occurred_at', 'iso', 'UTC');
    end if;
    if v_at is null then
        return 'occurred_at must be a possible time in the form of RFC 3339, with its offset.';
    end if;
    if v_at < '1970-01-01 00:00+00' then
        return 'occurred_at lies before 1970.';
    end if;
    if v_at > app.now() + interval '5 minutes' then
        return 'occurred_at lies in the future.';
    end if;

    with fields as (
        select
            f.field,
            f.type,
            f.is_required,
            f.max_length,
            f.low,
            f.high,
            f.choices
        from crm.event_fields() as f
        where f.event_type = v_type
        union all
        values
        ('type', 'text', true, 60, null::numeric, null::numeric, null::text[]),
        ('event_id', 'text', true, 60, null, null, null),
        ('occurred_at', 'text', true, 60, null, null, null),
        ('source_system', 'text', false, 100, null, null, null),
        ('actor', 'text', false, 320, null, null, null)
    ),

    given as (
        select
            g.field,
            g.value,
            jsonb_typeof(g.value) as json_type,
            g.value #>> '{}' as word
        from jsonb_each(p_event) as g (field, value)
    ),

    faults as (
        select
            coalesce(f.field, g.field) as field,
            case
                when f.field is null
                    then format('The field %s is unknown for %s.', crm.quoted(g.field), v_type)
                when g.json_type is null or g.json_type = 'null'
                    then case when f.is_required then format('%s is missing.', f.field) end
                when f.type in ('text', 'word', 'choice', 'uuid', 'time') and g.json_type <> 'string'
                    then format('%s must be a text.', f.field)
                when f.is_required and btrim(g.word) = ''
                    then format('%s is empty.', f.field)
                when f.type = 'text' and char_length(g.word) > f.max_length
                    then format(
                        '%s has %s characters; %s are allowed.', f.field, char_length(g.word), f.max_length
                    )
                when f.type = 'word' and g.word <> '' and g.word !~ '^[a-z][a-z0-9_]{0,59}$'
                    then format(
                        '%s must be up to 60 of a-z, 0-9 and _, and begin with a letter.', f.field
                    )
                when f.type = 'choice' and g.word <> all(f.choices)
                    then format(
                        '%s %s is unknown: it must be one of %s.',
                        f.field, crm.quoted(g.word), array_to_string(f.choices, ', ')
                    )
                when f.type = 'uuid' and app.try_uuid(g.word) is null
                    then format('%s must be a UUID.', f.field)
                when
                    f.type = 'time'
                    and (g.word !~* c_offset or app.try_time(g.word, 'iso', 'UTC') is null)
                    then format('%s must be a possible time in the form of RFC 3339, with its offset.', f.field)
                when f.type in ('number', 'integer') and g.json_type <> 'number'
                    then format('%s must be a number.', f.field)
                when f.type = 'integer' and g.word::numeric <> trunc(g.word::numeric)
                    then format('%s must be a whole number.', f.field)
                when f.type in ('number', 'integer') and g.word::numeric not between f.low and f.high
                    then format('%s must be between %s and %s.', f.field, f.low, f.high)
                when f.type = 'boolean' and g.json_type <> 'boolean'
                    then format('%s must be true or false.', f.field)
                when f.type = 'object' and g.json_type <> 'object'
                    then format('%s must be an object.', f.field)
                when f.type = 'object' and octet_length(g.word) > f.max_length
                    then format(
                        '%s has %s bytes; %s are allowed.', f.field, octet_length(g.word), f.max_length
                    )
                when
                    f.type = 'list'
                    and (g.json_type <> 'array' or jsonb_path_exists(g.value, '$[*] ? (@.type() != "string")'))
                    then format('%s must be a list of texts.', f.field)
                when f.type = 'list' and jsonb_array_length(g.value) > f.max_length
                    then format('%s has more than %s entries.', f.field, f.max_length)
                when
                    f.type = 'list'
                    and exists (
                        select from jsonb_array_elements_text(g.value) as e (word)
                        where char_length(e.word) not between 1 and 200
                    )
                    then format('%s: an entry is empty or has more than 200 characters.', f.field)
            end as reason
        from fields as f
        full join given as g on g.field = f.field
        union all
        -- One of two fields names the lead, the campaign and the task.
        select
            r.thing,
            format('%1$s_id or %1$s_external_id is missing.', r.thing)
        from (values ('lead'), ('campaign'), ('task')) as r (thing)
        where
            exists (select from fields as f where f.field = r.thing || '_external_id')
            and num_nonnulls(
                nullif(p_event ->> (r.thing || '_id'), ''),
                nullif(p_event ->> (r.thing || '_external_id'), '')
            ) = 0
            and v_type <> 'call.logged'
        union all
        select
            'owner',
            'owner is missing: a member, or null for nobody.'
        where v_type = 'lead.assigned' and not p_event ? 'owner'
        union all
        select
            'lead',
            'lead.updated names no field to update.'
        where
            v_type = 'lead.updated'
            and not exists (
                select from given as g
                where
                    g.field not in (
                        'type', 'event_id', 'occurred_at', 'source_system', 'actor', 'lead_id',
                        'lead_external_id'
                    )
            )
    )

    select string_agg(f.reason, ' ' order by f.field)
    into v_reasons
    from faults as f
    where f.reason is not null;

    return v_reasons;
end
$$;
alter function crm.check_event(jsonb) owner to leadboard_owner;

comment on function crm.check_event(jsonb) is
'What is wrong with an event by itself, in words; null when nothing is.';
