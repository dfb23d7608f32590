-- Takes a batch of events in: each is applied, acknowledged as a duplicate, or rejected with a
-- reason; good events stay when others fail. docs/events.md describes every type and field.
--
-- Grain of the answer: one row per event, in order; ordinal counts from 1; event_id is null where
-- it was no UUID.
--
-- Idempotency: all event_ids are claimed in crm.events first, by one insert in the order of the
-- ids; a batch that repeats an id of a running batch waits for it there. Ids of rejected events
-- are given back at the end, so they can be sent again.
-- Races: the leads named are locked in the order of their ids before the first event is applied, so
-- batches about the same leads queue and do not deadlock. Where two still meet (both create leads
-- with the same external ids, in opposite orders), one gets LB409 as a whole.
-- Rights: the deploying login, owners and admins: everything; a manager: the own branch; everybody
-- else: themselves, on their leads. LB404 for a stranger.
create function crm.record_events(p_workspace_id uuid, p_events json)
returns table (ordinal integer, event_id uuid, result text, reason text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_most constant integer := 1000;
    v_scope text;
    v_user_id uuid;
    v_branch_id uuid;
    v_role text;
    v_events jsonb[];
    v_reasons text[];
    v_claimed uuid[];
    v_applied uuid[] := '{}';
begin
    if app.is_operator() then
        v_scope := 'all';
        if not exists (select from crm.workspaces as w where w.workspace_id = p_workspace_id) then
            raise exception using errcode = 'LB404', message = 'No such workspace.';
        end if;
    else
        select m.role, m.branch_id
        into v_role, v_branch_id
        from app.current_member(p_workspace_id) as m;
        if v_role is null then
            raise exception using errcode = 'LB404', message = 'No such workspace.';
        end if;
        v_user_id := app.current_user_id();
        v_scope := case
            when v_role in ('owner', 'admin') then 'all'
            when v_role = 'manager' and v_branch_id is not null then 'branch'
            else 'own'
        end;
    end if;
    if json_typeof(p_events) is distinct from 'array' then
        raise exception using errcode = 'LB400', message = 'Events come as a list.';
    end if;
    if not app.is_operator() and json_array_length(p_events) > c_most then
        raise exception using
            errcode = 'LB413',
            message = format('One batch holds at most %s events.', c_most);
    end if;

    select
        array_agg(checked.event order by checked.number),
        array_agg(checked.reason order by checked.number)
    into v_events, v_reasons
    from (
        select
            e.number,
            j.event,
            crm.check_event(j.event) as reason
        from json_array_elements(p_events) with ordinality as e (value, number)
        cross join lateral (select app.try_json(e.value)) as j (event)
    ) as checked;
    if v_events is null then
        return;
    end if;

    with sound as (
        select distinct on (e.event ->> 'event_id')
            app.try_uuid(e.event ->> 'event_id') as event_id,
            e.event
        from unnest(v_events, v_reasons) with ordinality as e (event, reason, number)
        where e.reason is null
        order by e.event ->> 'event_id', e.number
    ),

    claimed as (
        insert into crm.events (workspace_id, event_id, type, occurred_at, user_id, recorded_at)
        select
            p_workspace_id,
            s.event_id,
            s.event ->> 'type',
            (s.event ->> 'occurred_at')::timestamptz,
            v_user_id,
            app.now()
        from sound as s
        order by s.event_id
        on conflict do nothing
        returning events.event_id
    )

    select coalesce(array_agg(c.event_id), '{}')
    into v_claimed
    from claimed as c;

    perform crm.lock_leads(p_workspace_id, v_events);

    for v_number in 1 .. cardinality(v_events) loop
        ordinal := v_number;
        event_id := app.try_uuid(v_events[v_number] ->> 'event_id');
        reason := v_reasons[v_number];
        if reason is not null then
            result := 'rejected';
        elsif event_id <> all(v_claimed) or event_id = any(v_applied) then
            result := 'duplicate';
        else
            begin
                perform crm.apply_event(
                    p_workspace_id, v_events[v_number], v_scope, v_user_id, v_branch_id
                );
                v_applied := v_applied || event_id;
                result := 'applied';
            exception
                when deadlock_detected or lock_not_available or serialization_failure then
                    raise exception using
                        errcode = 'LB409',
                        message = 'Another batch is changing the same leads; send this one again.';
                when integrity_constraint_violation or data_exception or program_limit_exceeded then
                    raise log 'event % of workspace %: %', event_id, p_workspace_id, sqlerrm;
                    result := 'rejected';
                    reason := 'It does not fit what is known: a value is out of bounds or exists already.';
                when others then
                    if sqlstate not like 'LB4%' then
                        raise;
                    end if;
                    result := 'rejected';
                    reason := sqlerrm;
            end;
        end if;
        return next;
    end loop;

    delete from crm.events as e
    where
        e.workspace_id = p_workspace_id
        and e.event_id = any(v_claimed)
        and e.event_id <> all(v_applied);
end
$$;
alter function crm.record_events(uuid, json) owner to leadboard_owner;
grant execute on function crm.record_events(uuid, json) to leadboard_api;

comment on function crm.record_events(uuid, json) is
'Takes a batch of events in (docs/events.md): one row per event with applied, duplicate or rejected and the reason. LB404 for a stranger, LB413 for more than 1,000 events, LB409 to send again.';
