-- The type of the activity that records a change to this status. A change to contacted is itself a
-- contact (crm.is_contact), so it sets the lead's first contact like any other.
create function crm.status_activity_type(p_status text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_status
            when 'contacted' then 'status_change_contacted'
            when 'won' then 'conversion'
            else 'status_change'
        end
$$;
alter function crm.status_activity_type(text) owner to leadboard_owner;

comment on function crm.status_activity_type(text) is
'Type of the activity that records a change to this status.';
