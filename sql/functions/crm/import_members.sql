-- Lands the members of import_row (see crm.read_import), and the people behind them; returns how
-- many memberships were new and how many changed.
--
-- A row is a known member by external id, else by e-mail address. A person whom another workspace
-- knows by that address becomes a member here and keeps name and address: a tenant never changes
-- what others see. Name and address of somebody only this workspace knows are the file's.
-- Only the deploying login and owners make or unmake owners and admins.
create function crm.import_members(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns jsonb := coalesce(p_import.mapping -> 'columns', '{}');
    v_may_promote boolean := app.is_operator() or coalesce(
        (select c.role = 'owner' from app.current_member(p_import.workspace_id) as c), false
    );
begin
    create temporary table import_member on commit drop as
    select
        i.line,
        coalesce(e.user_id, u.id, app.uuid_v7()) as user_id,
        e.user_id is null and u.id is null as is_new_person,
        m.user_id is null as is_new,
        -- The address belongs to somebody else than the external id.
        coalesce(e.user_id <> u.id, false) as is_mixed,
        exists (
            select from crm.members as o
            where o.user_id = coalesce(e.user_id, u.id) and o.workspace_id <> p_import.workspace_id
        ) as is_shared,
        m.role as former_role,
        i.external_id,
        lower(i.email) as email,
        i.name,
        case when m.user_id is null or not 'role' = any(k.targets) then i.role end as role,
        case when m.user_id is null or not 'branch' = any(k.targets) then t.branch end as branch,
        case when m.user_id is null or not 'joined_at' = any(k.targets) then i.joined_at end as joined_at,
        case
            when m.user_id is null or not 'deactivated_at' = any(k.targets) then i.deactivated_at
        end as deactivated_at,
        'name' = any(k.targets) as keeps_name
    from pg_temp.import_row as i
    inner join pg_temp.import_text as t on t.line = i.line
    left join crm.members as e
        on
            e.workspace_id = p_import.workspace_id
            and e.source_system = p_import.source_system
            and e.external_id = i.external_id
    left join crm.users as u on u.email = lower(i.email)
    left join crm.members as m
        on m.workspace_id = p_import.workspace_id and m.user_id = coalesce(e.user_id, u.id)
    cross join (
        select array(
            select o.word
            from jsonb_array_elements_text(coalesce(p_import.mapping -> 'only_new', '[]')) as o (word)
        ) as targets
    ) as k;

    insert into pg_temp.import_fault (line, column_name, reason)
    select
        w.line,
        coalesce(v_columns ->> f.target, ''),
        f.reason
    from (
        select
            n.*,
            count(*) over (partition by n.email) as same_email,
            min(n.line) over (partition by n.email) as first_line,
            count(*) over (partition by n.user_id) as same_person
        from pg_temp.import_member as n
    ) as w
    cross join lateral (
        values
        (
            'email',
            case
                when w.email !~ '^[^@[:space:]]+@[^@[:space:]]+$'
                    then crm.quoted(w.email) || ' is no e-mail address'
                when w.is_mixed then crm.quoted(w.email) || ' is the address of another person'
                when w.email is not null and w.same_email > 1 and w.line > w.first_line
                    then crm.quoted(w.email) || format(' stands on line %s already', w.first_line)
            end
        ),
        (
            'role',
            case
                when w.is_new and w.role is null then 'is not known yet, and a new row needs role'
                when
                    not v_may_promote
                    and w.role is distinct from w.former_role
                    and (w.role in ('owner', 'admin') or w.former_role in ('owner', 'admin'))
                    and w.role is not null
                    then 'only an owner makes or unmakes owners and admins'
            end
        ),
        (
            'deactivated_at',
            case
                when not v_may_promote and w.deactivated_at is not null and w.former_role in ('owner', 'admin')
                    then 'only an owner makes or unmakes owners and admins'
            end
        )
    ) as f (target, reason)
    where f.reason is not null;

    insert into pg_temp.import_fault (line, column_name, reason, is_warning)
    select
        w.line,
        coalesce(v_columns ->> 'external_id', ''),
        format(
            'this member is known as %s of %s; the new external id is not kept',
            crm.quoted(m.external_id), m.source_system
        ),
        true
    from pg_temp.import_member as w
    inner join crm.members as m on m.workspace_id = p_import.workspace_id and m.user_id = w.user_id
    where
        m.external_id is not null
        and w.external_id is not null
        and (m.source_system, m.external_id) is distinct from (p_import.source_system, w.external_id);

    delete from pg_temp.import_member as w
    using pg_temp.import_fault as f
    where f.line = w.line and not f.is_warning;
    perform crm.drop_faulty_rows();
    perform crm.create_import_names(p_import, 'branch');

    insert into crm.users (id, email, name)
    select
        w.user_id,
        w.email,
        w.name
    from pg_temp.import_member as w
    where w.is_new_person
    order by w.email;

    return query
    with people as (
        update crm.users as u
        set
            email = coalesce(w.email, u.email),
            name = case when w.keeps_name then coalesce(u.name, w.name) else coalesce(w.name, u.name) end
        from pg_temp.import_member as w
        where
            u.id = w.user_id
            and not w.is_new_person
            and not w.is_shared
            and u.erased_at is null
            and (u.email, u.name) is distinct from (
                coalesce(w.email, u.email),
                case when w.keeps_name then coalesce(u.name, w.name) else coalesce(w.name, u.name) end
            )
        returning u.id
    ),

    wanted as (
        select
            m.user_id,
            coalesce(w.role, m.role) as role,
            coalesce(case when w.branch is not null then i.branch end, m.branch_id) as branch_id,
            coalesce(w.joined_at, m.joined_at) as joined_at,
            coalesce(w.deactivated_at, m.deactivated_at) as deactivated_at,
            case
                when m.external_id is null and w.external_id is not null then p_import.source_system
                else m.source_system
            end as source_system,
            coalesce(m.external_id, w.external_id) as external_id
        from pg_temp.import_member as w
        inner join pg_temp.import_row as i on i.line = w.line
        inner join crm.members as m on m.workspace_id = p_import.workspace_id and m.user_id = w.user_id
    ),

    changed as (
        update crm.members as m
        set
            role = w.role,
            branch_id = w.branch_id,
            joined_at = w.joined_at,
            deactivated_at = w.deactivated_at,
            source_system = w.source_system,
            external_id = w.external_id
        from wanted as w
        where
            m.workspace_id = p_import.workspace_id
            and m.user_id = w.user_id
            and (
                m.role, m.branch_id, m.joined_at, m.deactivated_at, m.source_system, m.external_id
            ) is distinct from (
                w.role, w.branch_id, w.joined_at, w.deactivated_at, w.source_system, w.external_id
            )
        returning m.user_id
    ),

    added as (
        insert into crm.members (
            workspace_id, user_id, role, branch_id, source_system, external_id, joined_at, deactivated_at
        )
        select
            p_import.workspace_id,
            w.user_id,
            w.role,
            i.branch,
            p_import.source_system,
            w.external_id,
            coalesce(w.joined_at, app.now()),
            w.deactivated_at
        from pg_temp.import_member as w
        inner join pg_temp.import_row as i on i.line = w.line
        where w.is_new
        order by w.line
        on conflict do nothing
        returning user_id
    )

    select
        (select count(*) from added as a),
        (
            select count(*)
            from (
                select p.id from people as p
                where not exists (select from added as a where a.user_id = p.id)
                union
                select c.user_id from changed as c
            ) as both_tables
        );
    drop table pg_temp.import_member;
end
$$;
alter function crm.import_members(crm.imports) owner to leadboard_owner;

comment on function crm.import_members(crm.imports) is
'Lands the members of an import and the people behind them; counts new and changed memberships.';
