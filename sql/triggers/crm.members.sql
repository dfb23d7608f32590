-- Who joins without a date joins now.
alter table crm.members alter column joined_at set default app.now();
