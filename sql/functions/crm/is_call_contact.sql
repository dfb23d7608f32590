-- Whether a call is an attempt at, or a success in, speaking with the lead, and so an activity:
-- outbound, answered or not; inbound only when answered. A call that failed reached nobody's phone.
create function crm.is_call_contact(p_direction text, p_status text)
returns boolean
language sql
immutable
parallel safe
as $$
    select p_status = 'completed' or (p_status = 'missed' and p_direction = 'outbound')
$$;
alter function crm.is_call_contact(text, text) owner to leadboard_owner;
grant execute on function crm.is_call_contact(text, text) to leadboard_rollup, leadboard_view;

comment on function crm.is_call_contact(text, text) is
'Whether a call with this direction and status is a contact with the lead.';
