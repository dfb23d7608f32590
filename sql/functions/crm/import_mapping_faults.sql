-- What is wrong with a mapping (docs/import.md) for a file with this header: one row per fault,
-- none when the import can begin. p_is_operator: the deploying login may create what all workspaces
-- share.
create function crm.import_mapping_faults(
    p_kind text,
    p_mapping jsonb,
    p_header text[],
    p_is_operator boolean
)
returns table (field text, message text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    c_options constant text[] := array[
        'kind', 'source_system', 'time_zone', 'encoding', 'delimiter', 'empty', 'decimal',
        'list_separator', 'only_new', 'create', 'columns', 'constants', 'formats', 'values'
    ];
    c_sample constant timestamp := '2018-02-26 19:58:07';
    v record;
    v_header text := array_to_string(p_header, ', ');
begin
    if not exists (select from crm.import_targets() as t where t.kind = p_kind) then
        field := 'kind';
        message := format(
            '%s is no kind of import; the kinds are %s.',
            coalesce(crm.quoted(p_kind), 'Nothing'),
            (select string_agg(distinct t.kind, ', ') from crm.import_targets() as t)
        );
        return next;
        return;
    end if;
    if jsonb_typeof(p_mapping) is distinct from 'object' then
        field := '';
        message := 'The mapping is an object (docs/import.md).';
        return next;
        return;
    end if;

    -- The shape.
    return query
    select
        o.name,
        case
            when o.name <> all(c_options)
                then format('Unknown option; the options are %s.', array_to_string(c_options, ', '))
            when o.name in ('columns', 'constants', 'formats', 'values') and jsonb_typeof(o.value) <> 'object'
                then 'This is a table: names and values.'
            when
                o.name in ('columns', 'formats')
                and jsonb_path_exists(o.value, '$.* ? (@.type() != "string")')
                then 'The values of this table are texts.'
            when
                o.name = 'constants'
                and jsonb_path_exists(o.value, '$.* ? (@.type() == "object" || @.type() == "array")')
                then 'The values of this table are texts, numbers or truth values.'
            when
                o.name = 'values'
                and jsonb_path_exists(o.value, '$.* ? (@.type() != "object")')
                then 'Each entry is a table: word of the file = our word.'
            when
                o.name = 'values'
                and jsonb_path_exists(o.value, '$.*.* ? (@.type() == "object" || @.type() == "array")')
                then 'A word of the file is mapped to one word.'
            when
                o.name in ('empty', 'only_new', 'create')
                and (
                    jsonb_typeof(o.value) <> 'array'
                    or jsonb_path_exists(o.value, '$[*] ? (@.type() != "string")')
                )
                then 'This is a list of texts.'
            when
                o.name in ('kind', 'source_system', 'time_zone', 'encoding', 'delimiter', 'decimal', 'list_separator')
                and jsonb_typeof(o.value) <> 'string'
                then 'This is a text.'
        end
    from jsonb_each(p_mapping) as o (name, value);
    -- Rows without a message are no faults; they are taken out by the caller of this function.

    if exists (
        select
        from jsonb_each(p_mapping) as o (name, value)
        where
            o.name in ('columns', 'constants', 'formats', 'values')
            and jsonb_typeof(o.value) <> 'object'
    ) then
        return;
    end if;

    if coalesce(p_mapping ->> 'kind', p_kind) <> p_kind then
        field := 'kind';
        message := format('The mapping is for %s, the file is imported as %s.', p_mapping ->> 'kind', p_kind);
        return next;
    end if;
    if char_length(coalesce(p_mapping ->> 'source_system', 'leadboard')) not between 1 and 100 then
        field := 'source_system';
        message := 'This has 1 to 100 characters.';
        return next;
    end if;
    if coalesce(p_mapping ->> 'decimal', '.') not in ('.', ',') then
        field := 'decimal';
        message := 'This is a point or a comma.';
        return next;
    end if;
    if p_mapping ->> 'list_separator' = '' then
        field := 'list_separator';
        message := 'This is at least one character.';
        return next;
    end if;
    if p_mapping ? 'time_zone' then
        begin
            perform c_sample at time zone (p_mapping ->> 'time_zone');
        exception
            when invalid_parameter_value then
                field := 'time_zone';
                message := format('%s is no IANA time zone.', crm.quoted(p_mapping ->> 'time_zone'));
                return next;
        end;
    end if;

    -- Targets: known, mapped once, filled from a column that is there once.
    return query
    select
        m.place || '.' || m.target,
        case
            when
                not exists (
                    select from crm.import_targets() as t
                    where t.kind = p_kind and t.target = m.target
                )
                and not (p_kind = 'activities' and m.target ~ '^metadata\.[A-Za-z_][A-Za-z0-9_]{0,59}$')
                then format(
                    'Unknown target for %s; the targets are %s.',
                    p_kind,
                    (
                        select string_agg(t.target, ', ' order by t.number)
                        from crm.import_targets() as t
                        where t.kind = p_kind
                    )
                )
            when m.place = 'constants' and p_mapping -> 'columns' ? m.target
                then 'The target is mapped twice: to a column and to a constant.'
            when m.place = 'columns' and cardinality(array_positions(p_header, btrim(m.source))) = 0
                then format('The file has no column %s. Its header is: %s.', crm.quoted(m.source), left(v_header, 1000))
            when m.place = 'columns' and cardinality(array_positions(p_header, btrim(m.source))) > 1
                then format('The file has the column %s more than once.', crm.quoted(m.source))
        end
    from (
        select
            'columns' as place,
            c.target,
            c.source
        from jsonb_each_text(coalesce(p_mapping -> 'columns', '{}')) as c (target, source)
        union all
        select
            'constants',
            c.target,
            c.source
        from jsonb_each_text(coalesce(p_mapping -> 'constants', '{}')) as c (target, source)
    ) as m;

    return query
    select
        'columns.' || t.target,
        format('%s need this target: map it to a column or a constant.', initcap(p_kind))
    from crm.import_targets() as t
    where
        t.kind = p_kind
        and t.need = 'row'
        and not coalesce(p_mapping -> 'columns' ? t.target, false)
        and not coalesce(p_mapping -> 'constants' ? t.target, false);

    if
        p_kind = 'members'
        and not coalesce(p_mapping -> 'columns' ?| array['external_id', 'email'], false)
    then
        field := 'columns.external_id';
        message := 'Members need external_id or email: map one of them to a column.';
        return next;
    end if;
    if coalesce(p_mapping -> 'constants' ? 'external_id', false) then
        field := 'constants.external_id';
        message := 'A key is not the same for every row.';
        return next;
    end if;

    -- Formats belong to times and read back what they write.
    for v in
        select
            f.target,
            f.pattern,
            exists (
                select from crm.import_targets() as t
                where t.kind = p_kind and t.target = f.target and t.type in ('time', 'moment')
            ) as is_known
        from jsonb_each_text(coalesce(p_mapping -> 'formats', '{}')) as f (target, pattern)
    loop
        field := 'formats.' || v.target;
        if not v.is_known and v.target <> 'default' then
            message := format('This is no time of %s.', p_kind);
            return next;
        elsif v.pattern in ('iso', 'epoch', 'epoch_ms') then
            continue;
        elsif
            v.pattern ~ '%|TZ|tz|OF'
            or app.try_time(to_char(c_sample, v.pattern), v.pattern, 'UTC')::date is distinct from c_sample::date
        then
            message := format(
                '%s is none of iso, epoch, epoch_ms and no complete pattern of to_char such as DD-MM-YYYY HH24:MI.',
                crm.quoted(v.pattern)
            );
            return next;
        end if;
    end loop;

    return query
    select
        'values.' || w.target,
        format('The target %s is not mapped.', crm.quoted(w.target))
    from jsonb_object_keys(coalesce(p_mapping -> 'values', '{}')) as w (target)
    where
        not coalesce(p_mapping -> 'columns' ? w.target, false)
        and not coalesce(p_mapping -> 'constants' ? w.target, false);

    return query
    select
        'create',
        case
            when c.word not in ('branches', 'industries')
                then format('%s cannot be created; branches and industries can.', crm.quoted(c.word))
            when c.word = 'industries' and not p_is_operator
                then 'Industries are shared by all workspaces; the command line alone creates them.'
        end
    from jsonb_array_elements_text(
        case when jsonb_typeof(p_mapping -> 'create') = 'array' then p_mapping -> 'create' else '[]' end
    ) as c (word);

    return query
    select
        'only_new',
        format('%s is no target of %s.', crm.quoted(n.word), p_kind)
    from jsonb_array_elements_text(
        case when jsonb_typeof(p_mapping -> 'only_new') = 'array' then p_mapping -> 'only_new' else '[]' end
    ) as n (word)
    where not exists (select from crm.import_targets() as t where t.kind = p_kind and t.target = n.word);
end
$$;
alter function crm.import_mapping_faults(text, jsonb, text[], boolean) owner to leadboard_owner;

comment on function crm.import_mapping_faults(text, jsonb, text[], boolean) is
'What is wrong with a mapping for a file with this header: one row per fault; rows without a message are none.';
