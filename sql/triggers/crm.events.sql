-- An event without a time was recorded now.
alter table crm.events alter column recorded_at set default app.now();
