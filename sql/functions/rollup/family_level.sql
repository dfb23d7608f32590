-- When a rollup is written: after those of lower levels. From level 1 on a family sums stored rows
-- of those, and reads no fact.
create function rollup.family_level(p_family text)
returns integer
language sql
immutable
parallel safe
as $$
    select
        case p_family
            when 'worked_day' then 1
            when 'segment_hour' then 1
            when 'member_day' then 2
            when 'member_week' then 3
            else 0
        end
$$;
alter function rollup.family_level(text) owner to leadboard_rollup;

comment on function rollup.family_level(text) is
'Level of a rollup: 0 when it is read from the facts, else above the rollups that it sums.';
