-- Computes all cells of one family, one workspace and a window of local days again, as one set, and
-- stores what changed. The caller holds the rollups' lock (ops.lock_step).
-- Where nothing is stored yet, the rows are written in the order of days and subjects, so that a
-- window of days lies in few pages.
create function rollup.write_window(
    p_family text, p_workspace_id uuid, p_from_day date, p_to_day date
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_stored boolean;
    v_changed bigint;
begin
    execute format(
        'select exists (select from rollup.%I where workspace_id = $1 and day >= $2 and day < $3)',
        p_family
    )
    into v_is_stored
    using p_workspace_id, p_from_day, p_to_day;

    if v_is_stored then
        execute rollup.store_statement(
            p_family,
            format(
                $stored$
                select r.*
                from rollup.%I as r
                where r.workspace_id = $1 and r.day >= $2 and r.day < $3
                $stored$,
                p_family
            ),
            format('select r.* from rollup.%I($1, null, $2, $3) as r', p_family || '_rows')
        )
        into v_changed
        using p_workspace_id, p_from_day, p_to_day;
    else
        execute format(
            $statement$
            insert into rollup.%I
            select r.*
            from rollup.%I($1, null, $2, $3) as r
            order by r.day, r.subject_id
            $statement$,
            p_family,
            p_family || '_rows'
        )
        using p_workspace_id, p_from_day, p_to_day;
        get diagnostics v_changed = row_count;
    end if;
    return v_changed;
end
$$;
alter function rollup.write_window(text, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.write_window(text, uuid, date, date) is
'Computes a window of local days of a rollup again, for one workspace; returns how many rows changed.';
