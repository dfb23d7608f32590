-- The local day it is now. The window of N days is [today - N + 1, today + 1).
create function app.today(p_zone text)
returns date
language sql
stable
parallel safe
as $$
    select app.local_day(app.now(), p_zone)
$$;
alter function app.today(text) owner to leadboard_owner;
grant execute on function app.today(text) to leadboard_rollup, leadboard_view;

comment on function app.today(text) is 'The local day it is now (app.now()) in an IANA time zone.';
