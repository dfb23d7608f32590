-- When the clocks of a branch or workspace are set anew, schedules without a zone of their own are
-- looked at again: the next report may be due earlier than was thought.
create function reporting.follow_timezones()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update reporting.subscriptions as s
    set next_due_at = '-infinity'
    where s.workspace_id = new.workspace_id and s.timezone is null and s.is_active;
    return null;
end
$$;
alter function reporting.follow_timezones() owner to leadboard_owner;

comment on function reporting.follow_timezones() is
'Trigger: schedules in a zone that changed are looked at again.';
