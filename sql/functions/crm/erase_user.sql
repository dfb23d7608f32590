-- Erases who a person is: name and e-mail address go, also where they stand in rows of imports that
-- did not land, and as an e-mail address that a workspace used as the member's key. The opaque id
-- stays in every fact, so no total changes. Again is harmless. For operators: granted to nobody.
-- LB404: no such person. Lock order: person, memberships, imports.
create function crm.erase_user(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user record;
begin
    select
        u.email,
        u.name
    into v_user
    from crm.users as u
    where u.id = p_user_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'There is no such person.';
    end if;

    update crm.users as u
    set
        email = null,
        name = null,
        erased_at = coalesce(u.erased_at, app.now())
    where u.id = p_user_id;

    update crm.members as m
    set external_id = null
    where m.user_id = p_user_id and m.external_id like '%@%';

    update crm.import_rejects as r
    set cells = '{}'
    from crm.members as m
    where
        m.user_id = p_user_id
        and r.workspace_id = m.workspace_id
        and exists (
            select from unnest(r.cells) as c (cell)
            where lower(btrim(c.cell)) in (v_user.email, lower(v_user.name))
        );
end
$$;
alter function crm.erase_user(uuid) owner to leadboard_owner;

comment on function crm.erase_user(uuid) is
'Erases name and e-mail address of a person; the opaque id and all totals stay.';
