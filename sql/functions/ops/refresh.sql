-- Refreshes everything: call ops.refresh(). For a DBA in psql, for pg_cron and for the worker. Or
-- one step, by its name in ops.refresh_state: call ops.refresh('rollup'); or the steps of a schema,
-- such as all materialized views: call ops.refresh('stats').
--
-- History is matched with new rules of segments first, then come the rollups, then each
-- materialized view in dependency order, then goals and badges, each in a transaction of its own. A
-- step that fails is noted in ops.refresh_state, keeps its old rows, does not stop the others, and
-- makes the call fail at the end. When something changed, listeners of leadboard_refresh are told.
--
-- Runs with the caller's rights, because only such a procedure may commit; every step is a definer
-- function, so a member of leadboard_ops needs no right on a single fact. Two calls at the same
-- time: one waits for the other, step by step. LB404 for a step that is not there.
create procedure ops.refresh(p_name text default null)
language plpgsql
as $$
declare
    v_name text;
    v_names text[] := '{crm.segments,rollup}';
    v_changed uuid[];
    v_all_changed uuid[];
    v_error text;
    v_errors text[] := '{}';
begin
    call ops.leave_transaction_block('ops.refresh');

    v_names := v_names || array(select m.name from ops.materialized_views() as m) || '{goals}';
    if not exists (
        select from pg_catalog.unnest(v_names) as n (name) where ops.is_meant(n.name, p_name)
    ) then
        raise exception using
            errcode = 'LB404',
            message = pg_catalog.format('There is nothing to refresh by the name %s.', p_name),
            hint = 'One of: ' || pg_catalog.array_to_string(v_names, ', ') || ', or a schema of them';
    end if;
    foreach v_name in array v_names loop
        continue when not ops.is_meant(v_name, p_name);
        v_error := null;
        v_changed := null;
        begin
            if v_name = 'crm.segments' then
                perform ops.match_segments();
            elsif v_name = 'rollup' then
                v_changed := ops.refresh_rollups();
            elsif v_name = 'goals' then
                v_changed := ops.refresh_achievements();
            else
                v_changed := ops.refresh_view(v_name);
            end if;
        exception
            when others then
                v_error := sqlerrm;
        end;
        if v_error is not null then
            perform ops.record_failure(v_name, v_error);
            v_errors := v_errors || pg_catalog.format('%s: %s', v_name, v_error);
        end if;
        commit;
        v_all_changed := array(
            select distinct c.id
            from pg_catalog.unnest(v_all_changed || v_changed) as c (id)
            where c.id is not null
        );
    end loop;

    if pg_catalog.cardinality(v_all_changed) > 0 then
        perform ops.announce(v_all_changed);
        commit;
    end if;

    if v_errors <> '{}' then
        raise exception using
            errcode = 'LB500',
            message = 'Not refreshed: ' || pg_catalog.array_to_string(v_errors, '; ');
    end if;
end
$$;
alter procedure ops.refresh(text) owner to leadboard_rollup;
grant execute on procedure ops.refresh(text) to leadboard_ops;

comment on procedure ops.refresh is
'Refreshes rollups, materialized views, goals and badges, each in its own transaction, or the named ones alone; fails at the end when one of them failed. LB404 for an unknown name.';
