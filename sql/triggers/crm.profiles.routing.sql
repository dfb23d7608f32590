-- crm.profiles: whoever changes may have become eligible for leads that wait.
create trigger _800_wake_new
after insert on crm.profiles
referencing new table as new_rows
for each statement execute function routing.wake_waiting();

create trigger _810_wake_changed
after update on crm.profiles
referencing new table as new_rows
for each statement execute function routing.wake_waiting();
