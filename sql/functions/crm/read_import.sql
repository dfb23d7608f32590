-- Reads the staged rows of an import into three temporary tables, which the function of the kind
-- (crm.import_leads, ...) works from:
--   import_text   the targets of each row as text, words mapped, with a key
--   import_row    the same in their types; what they name resolved to ids; existing_id of the fact
--                 that has the key already; faulty rows taken out
--   import_fault  what is wrong, per line and column of the file
-- Everything is set-based; the statements are put together from the mapping by format() with quoted
-- names and literals.
--
-- NULL in import_row: the cell was empty, or the target is not mapped.
create function crm.read_import(p_import crm.imports)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_mapping jsonb := p_import.mapping;
    v_empty text[] := array(
        select lower(btrim(e.word))
        from jsonb_array_elements_text(coalesce(v_mapping -> 'empty', '[]')) as e (word)
        union
        select ''
    );
    v_zone text := coalesce(
        v_mapping ->> 'time_zone',
        (select w.timezone from crm.workspaces as w where w.workspace_id = p_import.workspace_id)
    );
    v_decimal text := coalesce(v_mapping ->> 'decimal', '.');
    v_separator text := coalesce(v_mapping ->> 'list_separator', ';');
    v_table text := crm.import_table(p_import.kind);
    v_has_external_id boolean := coalesce(v_mapping -> 'columns' ? 'external_id', false);
    v_texts text := '';
    v_names text := '';
    v_types text := '';
    v_joins text := '';
    v_metadata text := 'null::jsonb';
    v record;
begin
    drop table if exists
    pg_temp.import_text, pg_temp.import_row, pg_temp.import_fault, pg_temp.import_person;

    create temporary table import_fault (
        line integer not null,
        column_name text not null,
        reason text not null,
        is_warning boolean not null default false
    ) on commit drop;

    -- 1. As text.
    for v in
        select
            t.target,
            crm.import_value(
                v_mapping,
                p_import.header,
                t.target,
                v_empty,
                (
                    select jsonb_object_agg(lower(btrim(w.word)), w.meaning)
                    from jsonb_each_text(v_mapping #> array['values', t.target]) as w (word, meaning)
                )
            ) as expression
        from crm.import_targets() as t
        where t.kind = p_import.kind
        order by t.number
    loop
        v_texts := v_texts || format(', %s as %I', v.expression, v.target);
        v_names := v_names || format(', q.%I', v.target);
    end loop;
    if p_import.kind = 'activities' then
        select coalesce(
            'jsonb_strip_nulls(jsonb_build_object('
            || string_agg(
                format(
                    '%L, app.try_scalar(%s)',
                    substring(m.target from 10),
                    crm.import_value(
                        v_mapping,
                        p_import.header,
                        m.target,
                        v_empty,
                        (
                            select jsonb_object_agg(lower(btrim(w.word)), w.meaning)
                            from jsonb_each_text(v_mapping #> array['values', m.target]) as w (word, meaning)
                        )
                    )
                ),
                ', ' order by m.target
            )
            || '))',
            v_metadata
        )
        into v_metadata
        from (
            select c.target from jsonb_object_keys(coalesce(v_mapping -> 'columns', '{}')) as c (target)
            union
            select c.target from jsonb_object_keys(coalesce(v_mapping -> 'constants', '{}')) as c (target)
        ) as m
        where m.target like 'metadata.%';
    end if;
    execute format(
        $sql$
        create temporary table import_text on commit drop as
        select
            k.*,
            %3$s as key
        from (
            select
                q.*,
                md5(row(q.metadata %2$s)::text) as content
            from (
                select
                    r.line,
                    %4$s as metadata
                    %1$s
                from crm.import_rows as r
                where r.workspace_id = %5$L and r.import_id = %6$L
            ) as q
        ) as k
        $sql$,
        v_texts,
        v_names,
        case
            when p_import.kind = 'members'
                then 'coalesce(k.external_id, lower(k.email))'
            when p_import.kind = 'profiles' then 'lower(k.person)'
            when p_import.kind = 'recipients' then 'k.campaign || chr(31) || k.lead'
            when v_has_external_id then 'k.external_id'
            when p_import.kind = 'campaigns' then 'k.name'
            -- No key in the file: its content, and which occurrence of it this is.
            else '''row:'' || k.content || '':'' || row_number() over (partition by k.content order by k.line)'
        end,
        v_metadata,
        p_import.workspace_id,
        p_import.id
    );
    analyze import_text;

    -- 2. In their types.
    for v in
        select
            t.target,
            t.type,
            format('j%s', t.number) as alias,
            coalesce(
                v_mapping #>> array['formats', t.target], v_mapping #>> array['formats', 'default'], 'iso'
            ) as pattern,
            coalesce(v_mapping -> 'columns' ? t.target, false)
            or coalesce(v_mapping -> 'constants' ? t.target, false) as is_mapped
        from crm.import_targets() as t
        where t.kind = p_import.kind
        order by t.number
    loop
        v_types := v_types || case
            when v.type = 'text' then format(', t.%1$I', v.target)
            when v.type in ('word', 'choice') then format(', lower(t.%1$I) as %1$I', v.target)
            when v.type in ('time', 'moment')
                then case
                    when v.is_mapped
                        then format(', app.try_time(t.%1$I, %2$L, %3$L) as %1$I', v.target, v.pattern, v_zone)
                    else format(', null::timestamptz as %1$I', v.target)
                end
            when v.type = 'number' then format(', app.try_number(t.%1$I, %2$L) as %1$I', v.target, v_decimal)
            when v.type = 'integer'
                then format(
                    ', case when t.%1$I ~ ''^[+-]?\d{1,9}(\.0+)?$'' then t.%1$I::numeric::integer end as %1$I',
                    v.target
                )
            when v.type = 'boolean' then format(', app.try_boolean(t.%1$I) as %1$I', v.target)
            when v.type in ('list', 'segments')
                then format(', app.try_list(t.%1$I, %2$L) as %1$I', v.target, v_separator)
            when not v.is_mapped then format(', null::uuid as %1$I', v.target)
            when v.type = 'person' then format(', %2$s.user_id as %1$I', v.target, v.alias)
            else format(', coalesce(%2$s.id, %2$sk.id) as %1$I', v.target, v.alias)
        end;
        if v.is_mapped then
            v_joins := v_joins || case v.type
                when 'person'
                    then format(
                        ' left join pg_temp.import_person as %2$s on %2$s.name = t.%1$I',
                        v.target, v.alias
                    )
                when 'branch'
                    then crm.import_named('crm.branches', v.target, v.alias, p_import.workspace_id)
                when 'segment'
                    then crm.import_named('crm.segments', v.target, v.alias, p_import.workspace_id)
                when 'industry' then crm.import_named('crm.industries', v.target, v.alias, null)
                when 'lead'
                    then crm.import_keyed(
                        'crm.leads', v.target, v.alias, p_import.workspace_id, p_import.source_system
                    )
                when 'campaign'
                    then crm.import_keyed(
                        'crm.campaigns', v.target, v.alias, p_import.workspace_id, p_import.source_system
                    )
                else ''
            end;
        end if;
    end loop;
    if v_table is not null then
        v_joins := v_joins || format(
            ' left join lateral (select k.id from crm.%1$I as k where k.workspace_id = %2$L'
            ' and k.source_system = %3$L and k.external_id = t.key offset 0) as known on true',
            v_table, p_import.workspace_id, p_import.source_system
        );
    end if;
    perform crm.resolve_import_people(p_import);
    execute format(
        $sql$
        create temporary table import_row on commit drop as
        select
            t.line,
            t.key,
            t.content,
            t.metadata,
            %1$s as existing_id
            %2$s
        from pg_temp.import_text as t
        %3$s
        $sql$,
        case when v_table is null then 'null::uuid' else 'known.id' end,
        v_types,
        v_joins
    );
    -- People and campaigns have several names; the key is what they mean.
    if p_import.kind = 'profiles' then
        update pg_temp.import_row as i
        set key = i.person::text;
    elsif p_import.kind = 'recipients' then
        update pg_temp.import_row as i
        set key = i.campaign::text || ' ' || i.lead::text;
    end if;
    analyze import_row;

    perform crm.find_import_faults(p_import);
end
$$;
alter function crm.read_import(crm.imports) owner to leadboard_owner;

comment on function crm.read_import(crm.imports) is
'Reads the staged rows of an import into the temporary tables import_text, import_row and import_fault.';
