-- A campaign's result belongs to whoever the lead was credited to when it was sent. The writer's
-- own owner_at_send wins; the triggers call this when sent_at becomes known without one.
create function crm.snapshot_owner_at_send()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.owner_at_send := (
        select l.credited_user_id
        from crm.leads as l
        where l.workspace_id = new.workspace_id and l.id = new.lead_id
    );
    return new;
end
$$;
alter function crm.snapshot_owner_at_send() owner to leadboard_owner;

comment on function crm.snapshot_owner_at_send() is
'Trigger: sets owner_at_send to whom the lead is credited now.';
