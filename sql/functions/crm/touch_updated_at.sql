-- Dates a row that really changed; the triggers call it only then (old is distinct from new).
create function crm.touch_updated_at()
returns trigger
language plpgsql
as $$
begin
    new.updated_at := app.now();
    return new;
end
$$;
alter function crm.touch_updated_at() owner to leadboard_owner;

comment on function crm.touch_updated_at() is
'Trigger: sets updated_at of a changed row to the clock.';
