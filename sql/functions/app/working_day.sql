-- Number of a working day (Monday to Friday), counted from Monday 3 January 2000: two working days
-- in a row have numbers in a row, whatever weekend lies between. NULL on Saturday and Sunday.
create function app.working_day(p_day date)
returns integer
language sql
immutable
parallel safe
as $$
    select
        case
            when extract(isodow from p_day) <= 5
                then ((p_day - '2000-01-03'::date) - (extract(isodow from p_day)::integer - 1)) / 7 * 5
                    + extract(isodow from p_day)::integer - 1
        end
$$;
alter function app.working_day(date) owner to leadboard_owner;
grant execute on function app.working_day(date) to leadboard_rollup, leadboard_view;

comment on function app.working_day(date) is
'Number of a working day, Monday to Friday, since 3 January 2000; null at the weekend.';
