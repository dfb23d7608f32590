-- The name a person goes by in decisions; the opaque id where there is none or it was erased. NULL
-- for null.
create function routing.person_name(p_user_id uuid)
returns text
language sql
stable
as $$
    select coalesce((select u.name from crm.users as u where u.id = p_user_id), p_user_id::text)
$$;
alter function routing.person_name(uuid) owner to leadboard_owner;

comment on function routing.person_name(uuid) is 'Name of a person, else the id; null for null.';
