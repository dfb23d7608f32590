-- Keys and times.
alter table goals.achievements alter column id set default app.uuid_v7();
alter table goals.achievements alter column achieved_at set default app.now();
