-- The title of the activity of a call, as a timeline shows it.
create function crm.call_title(p_direction text, p_status text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_direction when 'outbound' then 'Outbound call' else 'Inbound call' end
        || case p_status when 'missed' then ', not answered' else '' end
$$;
alter function crm.call_title(text, text) owner to leadboard_owner;

comment on function crm.call_title(text, text) is 'Title of the activity of a call.';
