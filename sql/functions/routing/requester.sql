-- Who asks for a decision: the person the caller is, else the login.
create function routing.requester()
returns text
language sql
stable
as $$
    select coalesce(app.current_user_id()::text, session_user::text)
$$;
alter function routing.requester() owner to leadboard_owner;

comment on function routing.requester() is 'The person who asks, as a UUID, else the login.';
