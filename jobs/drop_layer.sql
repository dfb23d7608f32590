-- Takes the replaceable layer away: everything of sql/functions, sql/views, sql/triggers and
-- sql/policies, with grants, row security switches and default privileges. What is left is what
-- the migrations made, so a dump after this equals one of a database that has only migrations.
--
-- Dropping a function cascades. A view, trigger, policy or column default may go with it, because
-- a file of the layer brings it back. A column, constraint or index may not: its loss is an error.
do $$
declare
    c_schemas constant text[] := array[
        'app', 'crm', 'rollup', 'stats', 'metrics', 'scoring', 'analytics', 'service', 'ops',
        'routing', 'goals', 'reporting'
    ];
    c_kept constant text := $kept$
        select pg_catalog.array_agg(parts.label order by parts.label)
        from (
            select pg_catalog.format('column %s.%I', a.attrelid::regclass, a.attname) as label
            from pg_catalog.pg_attribute as a
            inner join pg_catalog.pg_class as c on c.oid = a.attrelid
            where
                c.relnamespace = any($1) and c.relkind in ('r', 'p')
                and a.attnum > 0 and not a.attisdropped
            union all
            select pg_catalog.format('constraint %I on %s', o.conname, o.conrelid::regclass)
            from pg_catalog.pg_constraint as o
            inner join pg_catalog.pg_class as c on c.oid = o.conrelid
            where c.relnamespace = any($1) and c.relkind in ('r', 'p') and o.contype <> 't'
            union all
            select pg_catalog.format('index %s', i.indexrelid::regclass)
            from pg_catalog.pg_index as i
            inner join pg_catalog.pg_class as c on c.oid = i.indrelid
            where c.relnamespace = any($1) and c.relkind in ('r', 'p')
            union all
            select pg_catalog.format('type %s', t.oid::regtype)
            from pg_catalog.pg_type as t
            where t.typnamespace = any($1) and t.typtype in ('d', 'e', 'r')
        ) as parts
    $kept$;
    v_schemas oid[];
    v_before text[];
    v_after text[];
    v_item record;
begin
    select pg_catalog.array_agg(n.oid) into v_schemas
    from pg_catalog.pg_namespace as n
    where n.nspname = any(c_schemas);

    execute c_kept into v_before using v_schemas;

    for v_item in
        select
            p.polname as name,
            p.polrelid::regclass as relation
        from pg_catalog.pg_policy as p
        inner join pg_catalog.pg_class as c on c.oid = p.polrelid
        where c.relnamespace = any(v_schemas)
    loop
        execute pg_catalog.format('drop policy %I on %s', v_item.name, v_item.relation);
    end loop;

    for v_item in
        select
            t.tgname as name,
            t.tgrelid::regclass as relation
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_class as c on c.oid = t.tgrelid
        where c.relnamespace = any(v_schemas) and c.relkind in ('r', 'p') and not t.tgisinternal
            and t.tgparentid = 0
    loop
        execute pg_catalog.format('drop trigger %I on %s', v_item.name, v_item.relation);
    end loop;

    for v_item in
        select
            pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
            case c.relkind when 'm' then 'materialized view' else 'view' end as kind
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where n.oid = any(v_schemas) and c.relkind in ('v', 'm')
    loop
        execute pg_catalog.format('drop %s if exists %s cascade', v_item.kind, v_item.name);
    end loop;

    for v_item in
        select
            pg_catalog.format(
                '%I.%I(%s)', n.nspname, p.proname,
                pg_catalog.pg_get_function_identity_arguments(p.oid)
            ) as name
        from pg_catalog.pg_proc as p
        inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where
            n.oid = any(v_schemas)
            and not exists (
                select from pg_catalog.pg_depend as d
                where
                    d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                    and d.deptype = 'e'
            )
    loop
        execute pg_catalog.format('drop routine if exists %s cascade', v_item.name);
    end loop;

    for v_item in
        select c.oid::regclass as relation
        from pg_catalog.pg_class as c
        where
            c.relnamespace = any(v_schemas) and c.relkind in ('r', 'p')
            and (c.relrowsecurity or c.relforcerowsecurity)
    loop
        execute pg_catalog.format(
            'alter table %s no force row level security, disable row level security',
            v_item.relation
        );
    end loop;

    -- Rights that a DBA gave to a role of the house's own (a backup login, say) are left alone.
    for v_item in
        select distinct
            rights.relation,
            rights.kind,
            case when rights.grantee = 0 then 'public' else r.rolname::text end as grantee
        from (
            select
                c.oid::regclass as relation,
                case c.relkind when 'S' then 'sequence' else 'table' end as kind,
                c.relowner as owner,
                acl.grantee
            from pg_catalog.pg_class as c
            cross join pg_catalog.aclexplode(c.relacl) as acl
            where c.relnamespace = any(v_schemas) and c.relkind in ('r', 'p', 'S')
            union all
            select
                c.oid::regclass,
                'table',
                c.relowner,
                acl.grantee
            from pg_catalog.pg_attribute as a
            inner join pg_catalog.pg_class as c on c.oid = a.attrelid
            cross join pg_catalog.aclexplode(a.attacl) as acl
            where c.relnamespace = any(v_schemas) and c.relkind in ('r', 'p')
        ) as rights
        left join pg_catalog.pg_roles as r on r.oid = rights.grantee
        where
            rights.grantee <> rights.owner
            and (rights.grantee = 0 or r.rolname like 'leadboard\_%')
    loop
        execute pg_catalog.format(
            'revoke all on %s %s from %s', v_item.kind, v_item.relation,
            case when v_item.grantee = 'public' then 'public' else quote_ident(v_item.grantee) end
        );
    end loop;

    for v_item in
        select distinct r.rolname as name
        from pg_catalog.pg_default_acl as d
        inner join pg_catalog.pg_roles as r on r.oid = d.defaclrole
        where d.defaclnamespace = 0 and d.defaclobjtype = 'f'
    loop
        execute pg_catalog.format(
            'alter default privileges for role %I grant execute on routines to public', v_item.name
        );
    end loop;

    execute c_kept into v_after using v_schemas;
    if v_after is distinct from v_before then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = pg_catalog.format(
                'dropping the replaceable functions would take away: %s',
                (
                    select pg_catalog.string_agg(lost.label, ', ')
                    from (
                        select * from pg_catalog.unnest(v_before)
                        except
                        select * from pg_catalog.unnest(v_after)
                    ) as lost (label)
                )
            ),
            hint = 'Columns, constraints and indexes hold rows and live in migrations; '
                || 'they may not use a function of sql/functions.';
    end if;
end
$$;
