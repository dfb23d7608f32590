-- The title of an activity in a timeline: a conversion and an assignment are called as in the
-- source system, everything else as it was written down.
create function crm.timeline_title(p_type text, p_title text, p_user_id uuid)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when p_type = 'conversion' and p_title in ('', 'Won') then 'Lead Converted'
            when p_type = 'assignment' and p_title in ('', 'Assigned') and p_user_id is not null
                then 'Lead Assigned'
            when p_title = '' then pg_catalog.initcap(pg_catalog.replace(p_type, '_', ' '))
            else p_title
        end
$$;
alter function crm.timeline_title(text, text, uuid) owner to leadboard_owner;
grant execute on function crm.timeline_title(text, text, uuid)
to leadboard_view, leadboard_api, leadboard_bi;

comment on function crm.timeline_title(text, text, uuid) is
'An activity''s title as a timeline shows it; the person is whoever the activity was placed with, null for its actor.';
