-- Computes cells of one family again and stores what changed. The arrays are parallel: one entry per
-- cell, no cell twice. The caller holds the lock of the refresh (ops.lock_refresh).
create function rollup.write_cells(
    p_family text, p_workspace_ids uuid [], p_subject_ids uuid [], p_days date []
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed bigint;
begin
    execute rollup.merge_statement(
        p_family,
        format(
            $stored$
            select r.*
            from unnest($1, $2, $3) as c (workspace_id, subject_id, day)
            inner join rollup.%I as r
                on r.workspace_id = c.workspace_id and r.day = c.day and r.subject_id = c.subject_id
            $stored$,
            p_family
        ),
        format(
            $computed$
            select r.*
            from unnest($1, $2, $3) as c (workspace_id, subject_id, day)
            cross join lateral rollup.%I(c.workspace_id, c.subject_id, c.day, c.day + 1) as r
            $computed$,
            p_family || '_rows'
        )
    )
    using p_workspace_ids, p_subject_ids, p_days;
    get diagnostics v_changed = row_count;
    return v_changed;
end
$$;
alter function rollup.write_cells(text, uuid [], uuid [], date []) owner to leadboard_rollup;

comment on function rollup.write_cells(text, uuid [], uuid [], date []) is
'Computes the given cells of a rollup again; returns how many rows changed.';
