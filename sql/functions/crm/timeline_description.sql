-- What a timeline says below the title: the activity's own description, else name and company of
-- the lead, which are NULL where the reader may not see the lead (a lead that was given away keeps
-- its activity and loses its name here) or it was erased.
create function crm.timeline_description(
    p_description text, p_first_name text, p_last_name text, p_company text
)
returns text
language sql
immutable
parallel safe
as $$
    select
        coalesce(
            p_description,
            nullif(
                pg_catalog.concat_ws(
                    ' - ',
                    nullif(pg_catalog.concat_ws(' ', p_first_name, p_last_name), ''),
                    p_company
                ),
                ''
            )
        )
$$;
alter function crm.timeline_description(text, text, text, text) owner to leadboard_owner;
grant execute on function crm.timeline_description(text, text, text, text)
to leadboard_view;

comment on function crm.timeline_description(text, text, text, text) is
'Description of an activity, else name and company of its lead; null where neither is known.';
