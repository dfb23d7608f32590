-- The word by which a timeline calls an activity: call, email, meeting, conversion and assignment
-- as in the source system, else the stored type.
create function crm.timeline_type(p_type text)
returns text
language sql
immutable
parallel safe
as $$
    select case p_type when 'phone_call' then 'call' when 'email_sent' then 'email' else p_type end
$$;
alter function crm.timeline_type(text) owner to leadboard_owner;
grant execute on function crm.timeline_type(text)
to leadboard_view, leadboard_api, leadboard_bi;

comment on function crm.timeline_type(text) is 'An activity''s type as a timeline calls it.';
