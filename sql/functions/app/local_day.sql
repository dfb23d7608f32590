-- The local day of an instant. A time zone that PostgreSQL does not know is an error here, so zones
-- are checked where they are written (crm.workspaces, crm.branches).
create function app.local_day(p_at timestamptz, p_zone text)
returns date
language sql
immutable
parallel safe
as $$
    select (p_at at time zone p_zone)::date
$$;
alter function app.local_day(timestamptz, text) owner to leadboard_owner;
grant execute on function app.local_day(timestamptz, text) to leadboard_rollup, leadboard_view;

comment on function app.local_day(timestamptz, text) is
'Date of an instant in an IANA time zone; null when either is null.';
