-- Counts by name as a JSON list, largest first, then by name, each with its share of the whole in
-- percent.
create function reporting.shares(p_label text, p_counts jsonb)
returns jsonb
language sql
stable
parallel safe
as $$
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    p_label, c.name,
                    'count', c.n,
                    'share', metrics.percent(c.n, c.whole)
                )
                order by c.n desc, c.name
            ),
            '[]'
        )
    from (
        select
            k.key as name,
            k.value::numeric as n,
            sum(k.value::numeric) over () as whole
        from jsonb_each_text(p_counts) as k (key, value)
    ) as c
    where c.n > 0
$$;
alter function reporting.shares(text, jsonb) owner to leadboard_rollup;

comment on function reporting.shares(text, jsonb) is
'Counts by name, an object, as a list of name, count and share in percent, largest first.';
