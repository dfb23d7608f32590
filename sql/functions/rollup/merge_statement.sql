-- Text of the statement that makes stored rows of one family equal to computed ones: rows that
-- vanished are deleted, rows that did not change are not written. p_stored and p_computed are
-- queries for whole rows of the family's table, both about the same cells.
--
-- Few rows change, however many are compared. The planner does not know, and would read the whole
-- table for them; of an expression that equals a constant it expects one row in 200.
create function rollup.merge_statement(p_family text, p_stored text, p_computed text)
returns text
language sql
stable
as $$
    select
        format(
            $statement$
            merge into rollup.%1$I as t
            using (
                select %2$s, %3$s, n.workspace_id is null as is_gone
                from (%4$s) as s
                full join (%5$s) as n on %6$s
                where
                    case
                        when n.workspace_id is null or s.workspace_id is null then 'changed'
                        when (%7$s) is distinct from (%8$s) then 'changed'
                    end = 'changed'
            ) as c on %9$s
            when matched and c.is_gone then delete
            when matched then update set %10$s
            when not matched then insert (%11$s) values (%12$s)
            $statement$,
            p_family,
            k.coalesced,
            m.computed,
            p_stored,
            p_computed,
            k.same_as_computed,
            m.stored,
            m.computed,
            k.same_as_target,
            m.assigned,
            k.names || ', ' || m.names,
            k.changed || ', ' || m.changed
        )
    from rollup.families() as f
    cross join lateral (
        select
            string_agg(format('%I', x.name), ', ') as names,
            string_agg(format('c.%I', x.name), ', ') as changed,
            string_agg(format('coalesce(s.%1$I, n.%1$I) as %1$I', x.name), ', ') as coalesced,
            string_agg(format('n.%1$I = s.%1$I', x.name), ' and ') as same_as_computed,
            string_agg(format('t.%1$I = c.%1$I', x.name), ' and ') as same_as_target
        from unnest(f.key_columns) as x (name)
    ) as k
    cross join lateral (
        select
            string_agg(format('%I', x.name), ', ') as names,
            string_agg(format('c.%I', x.name), ', ') as changed,
            string_agg(format('s.%I', x.name), ', ') as stored,
            string_agg(format('n.%I', x.name), ', ') as computed,
            string_agg(format('%1$I = c.%1$I', x.name), ', ') as assigned
        from unnest(f.measure_columns) as x (name)
    ) as m
    where f.family = p_family
$$;
alter function rollup.merge_statement(text, text, text) owner to leadboard_rollup;

comment on function rollup.merge_statement(text, text, text) is
'Text of the MERGE that makes stored rows of a rollup equal to computed ones.';
