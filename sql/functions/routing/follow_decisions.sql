-- Counts decisions for the daily and monthly caps: a decision takes a place on the partner's local
-- day, a rejected one gives it back, and a deleted lead takes its decisions along. A lead that the
-- partner let time out has used its place: nobody is offered more than the cap allows.
-- Appends to routing.load_changes, so it waits for nobody.
create function routing.follow_decisions()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        insert into routing.load_changes (workspace_id, user_id, open_delta, routed_on, routed_delta)
        select
            n.workspace_id,
            n.chosen_user_id,
            0,
            n.routed_on,
            count(*)
        from new_rows as n
        where n.chosen_user_id is not null
        group by n.workspace_id, n.chosen_user_id, n.routed_on;
    elsif tg_op = 'DELETE' then
        insert into routing.load_changes (workspace_id, user_id, open_delta, routed_on, routed_delta)
        select
            o.workspace_id,
            o.chosen_user_id,
            0,
            o.routed_on,
            -count(*)
        from old_rows as o
        where o.chosen_user_id is not null and o.outcome is distinct from 'rejected'
        group by o.workspace_id, o.chosen_user_id, o.routed_on;
    else
        insert into routing.load_changes (workspace_id, user_id, open_delta, routed_on, routed_delta)
        select
            c.workspace_id,
            c.chosen_user_id,
            0,
            c.routed_on,
            sum(c.delta)
        from (
            select
                o.workspace_id,
                o.chosen_user_id,
                o.routed_on,
                -1 as delta
            from old_rows as o
            where o.chosen_user_id is not null and o.outcome is distinct from 'rejected'
            union all
            select
                n.workspace_id,
                n.chosen_user_id,
                n.routed_on,
                1
            from new_rows as n
            where n.chosen_user_id is not null and n.outcome is distinct from 'rejected'
        ) as c
        group by c.workspace_id, c.chosen_user_id, c.routed_on
        having sum(c.delta) <> 0;
    end if;
    return null;
end
$$;
alter function routing.follow_decisions() owner to leadboard_owner;

comment on function routing.follow_decisions() is
'Trigger: counts decisions for the daily and monthly caps of the chosen partner.';
