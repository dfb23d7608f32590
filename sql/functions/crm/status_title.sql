-- The title of the activity of a status change, as a timeline shows it.
create function crm.status_title(p_status text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_status
            when 'won' then 'Won'
            else 'Status changed to ' || pg_catalog.replace(p_status, '_', ' ')
        end
$$;
alter function crm.status_title(text) owner to leadboard_owner;

comment on function crm.status_title(text) is 'Title of the activity of a status change.';
