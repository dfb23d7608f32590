-- Text of the statement that makes stored rows of one family equal to computed ones: rows that
-- vanished are deleted, rows that did not change are not written. p_stored and p_computed are
-- queries for whole rows of the family's table, both about the same cells.
--
-- It answers with one row: how many rows changed, and in which cells (parallel arrays, null when in
-- none, a cell once per row) something that others read changed (rollup.families, read_columns). A
-- row that came or went has changed in all it has.
--
-- Few rows change, however many are compared. The planner does not know, and would read the whole
-- table for them; of an expression that equals a constant it expects one row in 200.
create function rollup.store_statement(p_family text, p_stored text, p_computed text)
returns text
language sql
stable
as $$
    select
        format(
            $statement$
            with changed as materialized (
                select
                    %2$s,
                    %3$s,
                    n.workspace_id is null as is_gone,
                    n.workspace_id is null
                    or s.workspace_id is null
                    or (%11$s) is distinct from (%12$s) as is_read
                from (%4$s) as s
                full join (%5$s) as n on %6$s
                where
                    case
                        when n.workspace_id is null or s.workspace_id is null then 'changed'
                        when (%7$s) is distinct from (%8$s) then 'changed'
                    end = 'changed'
            ),

            gone as (
                delete from rollup.%1$I as t using changed as c where c.is_gone and %9$s
            ),

            written as (
                insert into rollup.%1$I (%10$s)
                select %10$s from changed as c where not c.is_gone
                on conflict (%13$s) do update set %14$s
            )

            select
                count(*),
                array_agg(c.workspace_id) filter (where c.is_read),
                array_agg(c.subject_id) filter (where c.is_read),
                array_agg(c.day) filter (where c.is_read)
            from changed as c
            $statement$,
            p_family,
            k.coalesced,
            m.computed,
            p_stored,
            p_computed,
            k.same_as_computed,
            m.stored,
            m.computed,
            k.same_as_stored,
            k.names || ', ' || m.names,
            r.stored,
            r.computed,
            k.names,
            m.assigned
        )
    from rollup.families() as f
    cross join lateral (
        select
            string_agg(format('%I', x.name), ', ') as names,
            string_agg(format('coalesce(s.%1$I, n.%1$I) as %1$I', x.name), ', ') as coalesced,
            string_agg(format('n.%1$I = s.%1$I', x.name), ' and ') as same_as_computed,
            string_agg(format('t.%1$I = c.%1$I', x.name), ' and ') as same_as_stored
        from unnest(f.key_columns) as x (name)
    ) as k
    cross join lateral (
        select
            string_agg(format('%I', x.name), ', ') as names,
            string_agg(format('s.%I', x.name), ', ') as stored,
            string_agg(format('n.%I', x.name), ', ') as computed,
            string_agg(format('%1$I = excluded.%1$I', x.name), ', ') as assigned
        from unnest(f.measure_columns) as x (name)
    ) as m
    cross join lateral (
        select
            string_agg(format('s.%I', x.name), ', ') as stored,
            string_agg(format('n.%I', x.name), ', ') as computed
        from unnest(f.read_columns) as x (name)
    ) as r
    where f.family = p_family
$$;
alter function rollup.store_statement(text, text, text) owner to leadboard_rollup;

comment on function rollup.store_statement(text, text, text) is
'Text of the statement that makes stored rows of a rollup equal to computed ones and says what changed.';
