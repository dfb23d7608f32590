-- A writer may say when and by whom a change was made. "Said" means that the column is named in the
-- SET list, even if with the value it had: two changes on one day, from a source that knows days
-- only, have the same time. Triggers `before update of <column>` know what was named, so they call
-- this when the value is the old one, and crm.complete_lead, which runs after, reads the mark:
-- infinity for a time, the nil UUID for a person. The column is the trigger's argument.
create function crm.mark_named()
returns trigger
language plpgsql
as $$
begin
    if tg_argv[0] = 'status_changed_at' then
        new.status_changed_at := 'infinity';
    elsif tg_argv[0] = 'assigned_at' then
        new.assigned_at := 'infinity';
    else
        new.changed_by_user_id := app.nobody();
    end if;
    return new;
end
$$;
alter function crm.mark_named() owner to leadboard_owner;

comment on function crm.mark_named() is
'Trigger: marks a time or person that the writer named with the value it already had.';
