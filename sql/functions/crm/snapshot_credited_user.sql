-- Feedback and tickets are about whoever the lead was credited to when they came in: kept from then
-- on, whoever owns the lead later. The writer's own user_id wins; the triggers call this without
-- one.
create function crm.snapshot_credited_user()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.user_id := (
        select l.credited_user_id
        from crm.leads as l
        where l.workspace_id = new.workspace_id and l.id = new.lead_id
    );
    return new;
end
$$;
alter function crm.snapshot_credited_user() owner to leadboard_owner;

comment on function crm.snapshot_credited_user() is
'Trigger: sets user_id to whom the lead is credited now.';
