-- Completes a lead before it is written.
--
-- Times. The writer's time of a change counts, else the clock. A status first taken sets its stage
-- time (accepted_at, rejected_at, interested_at for qualified, won_at, lost_at) once: a stage time
-- that the writer gives or that is already there stays. Contacted has none: the activity written
-- for that change (crm.follow_lead_changes) is a contact and sets first_contact_at. A new lead
-- whose status has no time gets the stage time given, else created_at when it is new; a new lead
-- that has an owner was assigned when it was created, unless assigned_at is given. Corrections: a
-- new time for the status the lead has moves the stage time that came from it; a new created_at
-- moves the times that came from the old one.
--
-- Person. changed_by_user_id is who made THIS change of status or owner: null when not named in it.
--
-- Credit. credited_user_id is the owner, else the creator, else the first actor, else null, and
-- owner_basis says which; what a writer puts there is overruled. The first actor of a lead without
-- owner and creator is kept by crm.settle_leads, called by the triggers of crm.lead_activities; it
-- is looked up here only when the lead loses its owner or creator.
--
-- First contact. Kept by the same triggers; a writer may give an earlier time than the contacts
-- that are known, and none that is later than them.
--
-- Races: an activity that another session is just adding is not visible to the look-ups here. Its
-- foreign key holds the lead FOR KEY SHARE, so a look-up first takes the lead FOR UPDATE, which
-- waits for it; an activity added later finds the lead changed and settles it. Lock: this lead
-- only.
create function crm.complete_lead()
returns trigger
language plpgsql
as $$
declare
    -- The time a corrected stage time had; null when nothing is being corrected.
    v_former_at timestamptz;
    v_takes_status boolean;
begin
    if tg_op = 'INSERT' then
        v_takes_status := new.status <> 'new';
        new.status_changed_at := coalesce(
            new.status_changed_at,
            case new.status
                when 'new' then new.created_at
                when 'accepted' then new.accepted_at
                when 'rejected' then new.rejected_at
                when 'contacted' then new.first_contact_at
                when 'qualified' then new.interested_at
                when 'won' then new.won_at
                when 'lost' then new.lost_at
            end,
            app.now()
        );
        new.assigned_at := case
            when new.owner_user_id is not null then coalesce(new.assigned_at, new.created_at)
        end;
    else
        if new.created_at is distinct from old.created_at then
            if new.status = 'new' and new.status_changed_at = old.created_at then
                new.status_changed_at := new.created_at;
            end if;
            if new.assigned_at = old.created_at then
                new.assigned_at := new.created_at;
            end if;
        end if;

        if
            new.status is distinct from old.status
            or new.owner_user_id is distinct from old.owner_user_id
        then
            new.changed_by_user_id := case
                when new.changed_by_user_id = app.nobody() then old.changed_by_user_id
                when new.changed_by_user_id is distinct from old.changed_by_user_id
                    then new.changed_by_user_id
            end;
        end if;

        if new.status is distinct from old.status then
            v_takes_status := true;
            new.status_changed_at := case
                when new.status_changed_at = 'infinity' then old.status_changed_at
                when new.status_changed_at is distinct from old.status_changed_at
                    then coalesce(new.status_changed_at, app.now())
                else app.now()
            end;
        else
            new.status_changed_at := coalesce(new.status_changed_at, old.status_changed_at);
            v_takes_status := new.status_changed_at is distinct from old.status_changed_at;
            v_former_at := old.status_changed_at;
        end if;

        if new.owner_user_id is null then
            new.assigned_at := null;
        elsif new.owner_user_id is distinct from old.owner_user_id then
            new.assigned_at := case
                when new.assigned_at = 'infinity' then coalesce(old.assigned_at, app.now())
                when new.assigned_at is distinct from old.assigned_at
                    then coalesce(new.assigned_at, app.now())
                else app.now()
            end;
        else
            new.assigned_at := coalesce(new.assigned_at, old.assigned_at);
        end if;
    end if;

    if tg_op = 'UPDATE' then
        if
            new.first_contact_at is distinct from old.first_contact_at
            and pg_catalog.pg_trigger_depth() = 1
        then
            perform from crm.leads as l
            where l.workspace_id = new.workspace_id and l.id = new.id
            for update;
            new.first_contact_at := least(
                new.first_contact_at, crm.first_contact_at(new.workspace_id, new.id)
            );
        end if;
    end if;

    if v_takes_status then
        if new.status = 'accepted' then
            if new.accepted_at is null or new.accepted_at = v_former_at then
                new.accepted_at := new.status_changed_at;
            end if;
        elsif new.status = 'rejected' then
            if new.rejected_at is null or new.rejected_at = v_former_at then
                new.rejected_at := new.status_changed_at;
            end if;
        elsif new.status = 'qualified' then
            if new.interested_at is null or new.interested_at = v_former_at then
                new.interested_at := new.status_changed_at;
            end if;
        elsif new.status = 'won' then
            if new.won_at is null or new.won_at = v_former_at then
                new.won_at := new.status_changed_at;
            end if;
        elsif new.status = 'lost' then
            if new.lost_at is null or new.lost_at = v_former_at then
                new.lost_at := new.status_changed_at;
            end if;
        end if;
    end if;

    if new.owner_user_id is not null then
        new.credited_user_id := new.owner_user_id;
        new.owner_basis := 'owner';
    elsif new.created_by_user_id is not null then
        new.credited_user_id := new.created_by_user_id;
        new.owner_basis := 'creator';
    elsif tg_op = 'INSERT' then
        new.credited_user_id := null;
        new.owner_basis := 'nobody';
    elsif old.owner_user_id is not null or old.created_by_user_id is not null then
        perform from crm.leads as l
        where l.workspace_id = new.workspace_id and l.id = new.id
        for update;
        new.credited_user_id := crm.first_actor(new.workspace_id, new.id);
        new.owner_basis := case
            when new.credited_user_id is null then 'nobody'
            else 'first_actor'
        end;
    elsif pg_catalog.pg_trigger_depth() = 1 then
        -- Not crm.settle_leads, which only triggers call: a writer.
        new.credited_user_id := old.credited_user_id;
        new.owner_basis := old.owner_basis;
    end if;

    return new;
end
$$;
alter function crm.complete_lead() owner to leadboard_owner;

comment on function crm.complete_lead() is
'Trigger: fills the stage times, the time and person of a change, and whom the lead is credited to.';
