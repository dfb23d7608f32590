-- Counts as shares in percent, one decimal, that add up to exactly 100.0: the largest remainder
-- method (Hamilton). Every share is rounded down to a tenth; the tenths that are left go to the
-- largest remainders, of equal ones to the larger count, then to the first name. Largest share
-- first, then by name. '{}' when there is nothing.
create function metrics.shares(p_counts jsonb)
returns json
language sql
stable
parallel safe
as $$
    select
        coalesce(
            json_object_agg(
                s.name,
                round((s.tenths + case when s.place <= s.tenths_left then 1 else 0 end) / 10, 1)
                order by s.count desc, s.name
            ),
            '{}'
        )
    from (
        select
            p.name,
            p.count,
            p.tenths,
            1000 - sum(p.tenths) over () as tenths_left,
            row_number() over (
                order by 1000 * p.count - p.tenths * p.total desc, p.count desc, p.name
            ) as place
        from (
            select
                c.key as name,
                c.value::numeric as count,
                sum(c.value::numeric) over () as total,
                div(1000 * c.value::numeric, sum(c.value::numeric) over ()) as tenths
            from jsonb_each_text(p_counts) as c
            where c.value::numeric > 0
        ) as p
    ) as s
$$;
alter function metrics.shares(jsonb) owner to leadboard_view;

comment on function metrics.shares(jsonb) is
'Counts by name as percentages with one decimal that add up to 100.0 (largest remainder).';
