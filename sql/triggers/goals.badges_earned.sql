-- Keys and times.
alter table goals.badges_earned alter column id set default app.uuid_v7();
alter table goals.badges_earned alter column earned_at set default app.now();
