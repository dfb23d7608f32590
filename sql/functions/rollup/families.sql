-- The rollups, read from the catalog: every table of schema rollup that a function <table>_rows
-- defines. key_columns are those of its primary key; all others are measures. Refresh, rebuild and
-- verification are written once, over this list.
-- read_columns: of the measures, those that sums, goals and badges read; all where none are named.
-- Where only others changed, these need not be looked at.
-- level: as rollup.family_level.
-- parts: the families of which it sums rows: their cells name its own (rollup.cell_day,
-- cell_subject).
create function rollup.families()
returns table (
    family text,
    key_columns text[],
    measure_columns text[],
    read_columns text[],
    level integer,
    parts text[]
)
language sql
stable
as $$
    select
        c.relname::text as family,
        array_agg(a.attname::text order by a.attnum) filter (where k.is_key)
            as key_columns,
        array_agg(a.attname::text order by a.attnum) filter (where not k.is_key)
            as measure_columns,
        array_agg(a.attname::text order by a.attnum) filter (
            where not k.is_key and coalesce(a.attname = any(r.columns), true)
        ) as read_columns,
        rollup.family_level(c.relname::text) as level,
        case c.relname
            when 'member_day' then '{lead_day,worked_day,task_day,campaign_day}'::text[]
            when 'member_week' then '{member_day}'::text[]
            when 'segment_hour' then '{segment_day}'::text[]
        end as parts
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_index as i on i.indrelid = c.oid and i.indisprimary
    inner join pg_catalog.pg_attribute as a
        on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    -- indkey counts from 0; behind the key stand columns that it only includes.
    cross join lateral (
        select a.attnum = any(i.indkey[0:i.indnkeyatts - 1]) as is_key
    ) as k
    cross join lateral (
        select
            case c.relname
                when 'lead_day' then '{leads,contacted,response_seconds,won}'::text[]
                when 'outcome_day' then '{won,revenue,price}'::text[]
                when 'task_day' then '{created,created_completed,completed}'::text[]
                when 'campaign_day'
                    then '{sent,opened,machine_opened,clicked,replied,bounced}'::text[]
            end as columns
    ) as r
    where
        c.relnamespace = 'rollup'::regnamespace
        and c.relkind = 'r'
        and exists (
            select from pg_catalog.pg_proc as p
            where p.pronamespace = c.relnamespace and p.proname = c.relname || '_rows'
        )
    group by c.relname
$$;
alter function rollup.families() owner to leadboard_rollup;

comment on function rollup.families() is 'Families of rollups with their key and measure columns, which of these others read, and what each sums.';
