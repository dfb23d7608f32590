-- Makes the temporary table import_person: each name of a person in the file with the member it
-- means. A name is a user id, else an e-mail address, else an external id of the source system; a
-- name
-- that means nobody is left out.
create function crm.resolve_import_people(p_import crm.imports)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_names text;
begin
    select string_agg(format('select t.%I from pg_temp.import_text as t', t.target), ' union ')
    into v_names
    from crm.import_targets() as t
    where
        t.kind = p_import.kind
        and t.type = 'person'
        and (
            coalesce(p_import.mapping -> 'columns' ? t.target, false)
            or coalesce(p_import.mapping -> 'constants' ? t.target, false)
        );
    execute format(
        $sql$
        create temporary table import_person on commit drop as
        with names (name) as materialized (
            %1$s
        )

        select distinct on (m.name)
            m.name,
            m.user_id
        from (
            select n.name, k.user_id, 1 as choice
            from names as n
            inner join crm.members as k
                on k.workspace_id = %2$L and k.user_id::text = lower(n.name)
            union all
            select n.name, k.user_id, 2
            from names as n
            inner join crm.users as u on u.email = lower(n.name)
            inner join crm.members as k on k.workspace_id = %2$L and k.user_id = u.id
            union all
            select n.name, k.user_id, 3
            from names as n
            inner join crm.members as k
                on k.workspace_id = %2$L and k.source_system = %3$L and k.external_id = n.name
        ) as m
        order by m.name, m.choice
        $sql$,
        coalesce(v_names, 'select null::text'),
        p_import.workspace_id,
        p_import.source_system
    );
    analyze import_person;
end
$$;
alter function crm.resolve_import_people(crm.imports) owner to leadboard_owner;

comment on function crm.resolve_import_people(crm.imports) is
'Makes the temporary table import_person: the member that each name in the file means.';
