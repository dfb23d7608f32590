-- Says in whose timeline an activity is, where that is not its actor's: an assignment in that of
-- who got the lead, a conversion, and what no member did, in that of whoever the lead is credited
-- to. It stays there when the lead is given away later: it is what happened to the person.
-- Locks: none; the lead is read as the writer's statement sees it, by its key, however small the
-- table was when the plan was made: it is kept, and may have to serve a batch.
create function crm.place_in_timeline()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    new.timeline_user_id := case
        when new.type = 'assignment' then app.try_uuid(new.metadata ->> 'to')
        when new.type = 'conversion' or new.actor_user_id is null
            then (
                select l.credited_user_id
                from crm.leads as l
                where l.workspace_id = new.workspace_id and l.id = new.lead_id
            )
    end;
    if new.timeline_user_id = new.actor_user_id then
        new.timeline_user_id := null;
    end if;
    return new;
end
$$;
alter function crm.place_in_timeline() owner to leadboard_owner;

comment on function crm.place_in_timeline() is
'Trigger: sets timeline_user_id of an activity that belongs in another timeline than its actor''s.';
