-- Weekdays are told by counting days (metrics.weekday): the planner is told how many there are.
-- depends: 0036.index-external-keys

drop statistics rollup.segment_day_weekday;
create statistics rollup.segment_day_weekday
on ((day - '4714-11-24 BC'::date) % 7 + 1) from rollup.segment_day;
alter statistics rollup.segment_day_weekday owner to leadboard_rollup;

comment on statistics rollup.segment_day_weekday is 'Weekdays of sending, for plans that group by them.';
