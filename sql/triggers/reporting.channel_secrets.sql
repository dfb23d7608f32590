-- Keys and times.
alter table reporting.channel_secrets alter column id set default app.uuid_v7();
alter table reporting.channel_secrets alter column created_at set default app.now();
