-- Keys and times.
alter table goals.changes alter column id set default app.uuid_v7();
alter table goals.changes alter column changed_at set default app.now();
