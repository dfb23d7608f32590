-- How many weekdays there are: without it the planner expects one for each day, and the figures of
-- segments were sorted on disk instead of being added up in memory.
-- depends: 0033.create-lead-work

create statistics rollup.segment_day_weekday on extract(isodow from day) from rollup.segment_day;
alter statistics rollup.segment_day_weekday owner to leadboard_rollup;

comment on statistics rollup.segment_day_weekday is 'Weekdays of sending, for plans that group by them.';
