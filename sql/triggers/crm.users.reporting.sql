-- An erased person gets no reports.
create trigger _600_forget_person
after update of email on crm.users
for each row
when (old.email is not null and new.email is null and new.erased_at is not null)
execute function reporting.forget_person();

comment on trigger _600_forget_person on crm.users is 'Takes the address of an erased person out of reporting.';
