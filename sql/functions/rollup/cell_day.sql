-- First day of the cell of a family that a local day lies in: the day itself, or its Monday.
create function rollup.cell_day(p_family text, p_day date)
returns date
language sql
immutable
parallel safe
as $$
    select case when p_family = 'member_week' then app.week_start(p_day) else p_day end
$$;
alter function rollup.cell_day(text, date) owner to leadboard_rollup;

comment on function rollup.cell_day(text, date) is
'First day of the cell of a rollup that a local day lies in.';
