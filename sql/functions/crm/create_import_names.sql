-- Creates the branches or industries that the good rows of an import name and nobody knows, where
-- the mapping says so (create = ["branches", "industries"]), and writes their ids into import_row.
-- p_target: branch or industry.
create function crm.create_import_names(p_import crm.imports, p_target text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_target = 'branch' and p_import.mapping -> 'create' ? 'branches' then
        insert into crm.branches (workspace_id, id, name)
        select
            p_import.workspace_id,
            app.uuid_v7(),
            n.name
        from (
            select distinct t.branch as name
            from pg_temp.import_row as i
            inner join pg_temp.import_text as t on t.line = i.line
            where i.branch is null and t.branch is not null
        ) as n
        order by n.name
        on conflict do nothing;

        update pg_temp.import_row as i
        set branch = b.id
        from pg_temp.import_text as t
        inner join crm.branches as b on b.workspace_id = p_import.workspace_id and b.name = t.branch
        where t.line = i.line and i.branch is null;
    end if;

    if p_target = 'industry' and p_import.mapping -> 'create' ? 'industries' then
        insert into crm.industries (id, name)
        select
            app.uuid_v7(),
            n.name
        from (
            select distinct t.industry as name
            from pg_temp.import_row as i
            inner join pg_temp.import_text as t on t.line = i.line
            where i.industry is null and t.industry is not null
        ) as n
        order by n.name
        on conflict do nothing;

        update pg_temp.import_row as i
        set industry = n.id
        from pg_temp.import_text as t
        inner join crm.industries as n on n.name = t.industry
        where t.line = i.line and i.industry is null;
    end if;
end
$$;
alter function crm.create_import_names(crm.imports, text) owner to leadboard_owner;

comment on function crm.create_import_names(crm.imports, text) is
'Creates the branches or industries that the good rows of an import name for the first time.';
