-- Whether an activity of this type is a contact with the lead: response times and contact attempts
-- count these and no others.
create function crm.is_contact(p_type text)
returns boolean
language sql
immutable
parallel safe
as $$
    select
        p_type in (
            'phone_call', 'email_sent', 'whatsapp', 'sms', 'meeting', 'status_change_contacted'
        )
$$;
alter function crm.is_contact(text) owner to leadboard_owner;
grant execute on function crm.is_contact(text) to leadboard_rollup, leadboard_view;

comment on function crm.is_contact(text) is
'Whether an activity of this type is a contact with the lead.';
