-- Finds what is wrong with single cells of import_row (see crm.read_import), writes it to
-- import_fault, and takes the faulty rows out; then the rows whose key came before: equal ones are
-- one row, different ones are faults.
create function crm.find_import_faults(p_import crm.imports)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_mapping jsonb := p_import.mapping;
    v_creates text[] := array(
        select e.word from jsonb_array_elements_text(coalesce(v_mapping -> 'create', '[]')) as e (word)
    );
    v record;
    v_test text;
    v_reason text;
begin
    for v in
        select
            t.target,
            t.type,
            t.need,
            t.max_length,
            t.low,
            t.high,
            t.choices,
            coalesce(v_mapping #>> array['columns', t.target], t.target) as column_name,
            coalesce(
                v_mapping #>> array['formats', t.target], v_mapping #>> array['formats', 'default'], 'iso'
            ) as pattern
        from crm.import_targets() as t
        where
            t.kind = p_import.kind
            and (
                coalesce(v_mapping -> 'columns' ? t.target, false)
                or coalesce(v_mapping -> 'constants' ? t.target, false)
            )
        order by t.number
    loop
        -- Each pair: which rows are at fault, and the words for it, both over i (typed) and t (text).
        v_test := null;
        case
            when v.type in ('branch', 'industry') and (
                case v.type when 'branch' then 'branches' else 'industries' end
            ) = any(v_creates) then
                -- A new name is created with the first row that lands.
                v_test := format('char_length(t.%I) > %s', v.target, v.max_length);
                v_reason := format('''is longer than %s characters''', v.max_length);
            when v.type in ('time', 'moment') then
                v_test := format(
                    't.%1$I is not null and (i.%1$I is null or i.%1$I not between %2$L and %3$L)',
                    v.target,
                    timestamptz '1970-01-01 00:00+00',
                    case v.type
                        when 'time' then app.now() + interval '1 day'
                        else timestamptz '2200-01-01 00:00+00'
                    end
                );
                v_reason := format(
                    'crm.quoted(t.%1$I) || case when i.%1$I is null then %2$L else %3$L end',
                    v.target,
                    case v.pattern
                        when 'iso' then ' is no possible time of the form 2018-02-26 19:58'
                        when 'epoch' then ' is no number of seconds since 1970'
                        when 'epoch_ms' then ' is no number of milliseconds since 1970'
                        else ' is no possible time of the form ' || v.pattern
                    end,
                    case v.type
                        when 'time' then ' lies before 1970 or in the future'
                        else ' lies before 1970 or after 2200'
                    end
                );
            when v.type in ('number', 'integer') then
                v_test := format(
                    't.%1$I is not null and (i.%1$I is null or i.%1$I not between %2$s and %3$s)',
                    v.target, v.low, v.high
                );
                v_reason := format(
                    'crm.quoted(t.%1$I) || case when i.%1$I is null then %2$L else %3$L end',
                    v.target,
                    case v.type when 'number' then ' is no number' else ' is no whole number' end,
                    format(' is not between %s and %s', v.low, v.high)
                );
            when v.type = 'boolean' then
                v_test := format('t.%1$I is not null and i.%1$I is null', v.target);
                v_reason := format(
                    'crm.quoted(t.%I) || '' is neither true nor false (map it in [values.%s])''',
                    v.target, v.target
                );
            when v.type = 'choice' then
                v_test := format('i.%I <> all(%L::text[])', v.target, v.choices);
                v_reason := format(
                    'crm.quoted(t.%I) || %L',
                    v.target,
                    format(
                        ' is none of %s and has no entry in [values.%s]',
                        array_to_string(v.choices, ', '), v.target
                    )
                );
            when v.type = 'word' then
                v_test := format('i.%I !~ ''^[a-z][a-z0-9_]{0,59}$''', v.target);
                v_reason := format(
                    'crm.quoted(t.%I) || %L',
                    v.target,
                    format(
                        ' is not made of a-z, 0-9 and _ (up to 60); map it in [values.%s]', v.target
                    )
                );
            when v.type in ('list', 'segments') then
                v_test := format(
                    'cardinality(i.%1$I) > %2$s or exists '
                    '(select from unnest(i.%1$I) as e (word) where char_length(e.word) > 200)',
                    v.target, v.max_length
                );
                v_reason := format(
                    '''has more than %s entries, or one of more than 200 characters''', v.max_length
                );
            when v.type = 'text' then
                v_test := format('char_length(i.%I) > %s', v.target, v.max_length);
                v_reason := format(
                    '''has '' || char_length(i.%I) || '' characters; %s are allowed''',
                    v.target, v.max_length
                );
            when v.type = 'person' then
                v_test := format('t.%1$I is not null and i.%1$I is null', v.target);
                v_reason := format(
                    'crm.quoted(t.%I) || %L',
                    v.target,
                    format(
                        ' is no member: no user id, no e-mail address, no external id of %s',
                        p_import.source_system
                    )
                );
            when v.type in ('lead', 'campaign') then
                v_test := format('t.%1$I is not null and i.%1$I is null', v.target);
                v_reason := format(
                    'crm.quoted(t.%I) || %L',
                    v.target,
                    format(' is no %s: no external id of %s, no id', v.type, p_import.source_system)
                );
            else
                v_test := format('t.%1$I is not null and i.%1$I is null', v.target);
                v_reason := format('crm.quoted(t.%I) || %L', v.target, format(' is no known %s', v.type));
        end case;
        execute format(
            $sql$
            insert into pg_temp.import_fault (line, column_name, reason)
            select i.line, %1$L, %3$s
            from pg_temp.import_row as i
            inner join pg_temp.import_text as t on t.line = i.line
            where %2$s
            $sql$,
            v.column_name, v_test, v_reason
        );
        if v.need = 'row' then
            execute format(
                $sql$
                insert into pg_temp.import_fault (line, column_name, reason)
                select t.line, %1$L, 'is empty'
                from pg_temp.import_text as t
                where t.%2$I is null
                $sql$,
                v.column_name, v.target
            );
        end if;
    end loop;

    -- What a new row needs. Members and profiles know later whether a row is new.
    for v in
        select
            t.target,
            coalesce(v_mapping #>> array['columns', t.target], '') as column_name
        from crm.import_targets() as t
        where t.kind = p_import.kind and t.need = 'new' and p_import.kind <> 'members'
    loop
        execute format(
            $sql$
            insert into pg_temp.import_fault (line, column_name, reason)
            select t.line, %1$L, %3$L
            from pg_temp.import_row as i
            inner join pg_temp.import_text as t on t.line = i.line
            where i.existing_id is null and t.%2$I is null
            $sql$,
            v.column_name,
            v.target,
            format('is not known yet, and a new row needs %s', v.target)
        );
    end loop;

    insert into pg_temp.import_fault (line, column_name, reason)
    select
        i.line,
        '',
        'the metadata have more than 64 kB'
    from pg_temp.import_row as i
    where octet_length(i.metadata::text) > 65536 or pg_column_size(i.metadata) > 65536;

    insert into pg_temp.import_fault (line, column_name, reason)
    select
        t.line,
        coalesce(v_mapping #>> '{columns,external_id}', v_mapping #>> '{columns,email}', ''),
        'is empty: the row has no key'
    from pg_temp.import_text as t
    where
        t.key is null
        and (p_import.kind = 'members' or coalesce(v_mapping -> 'columns' ? 'external_id', false));

    perform crm.drop_faulty_rows();

    insert into pg_temp.import_fault (line, column_name, reason)
    select
        s.line,
        coalesce(v_mapping #>> '{columns,external_id}', v_mapping #>> '{columns,email}', ''),
        format('the same key as line %s, with different values: the first one counts', s.first_line)
    from (
        select
            i.line,
            i.content,
            first_value(i.line) over same_key as first_line,
            first_value(i.content) over same_key as first_content
        from pg_temp.import_row as i
        window same_key as (partition by i.key order by i.line)
    ) as s
    where s.line <> s.first_line and s.content <> s.first_content;
    perform crm.drop_faulty_rows();

    -- What is left of a key beside its first row says the same once more.
    delete from pg_temp.import_row as i
    using (
        select
            r.line,
            row_number() over (partition by r.key order by r.line) as number
        from pg_temp.import_row as r
    ) as s
    where s.line = i.line and s.number > 1;
end
$$;
alter function crm.find_import_faults(crm.imports) owner to leadboard_owner;

comment on function crm.find_import_faults(crm.imports) is
'Writes what is wrong with the rows of an import to import_fault and takes the faulty rows out of import_row.';
