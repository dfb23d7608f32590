-- Sums of what was sent to each segment, over owners: the figures of 365 days add up few rows.
-- depends: 0037.count-weekdays-by-number

-- The deploy that brings the definition fills it.
create table rollup.segment_hour (
    workspace_id uuid not null,
    day date not null,
    subject_id uuid not null,
    segment_id uuid not null,
    hour smallint not null,
    sent bigint not null,
    delivered bigint not null,
    opened bigint not null,
    machine_opened bigint not null,
    clicked bigint not null,
    replied bigint not null,
    bounced bigint not null,
    converted bigint not null,
    recomputed bigint not null,
    reply_seconds numeric not null,
    primary key (workspace_id, day, subject_id, segment_id, hour)
);
alter table rollup.segment_hour owner to leadboard_rollup;

create statistics rollup.segment_hour_weekday
on ((day - '4714-11-24 BC'::date) % 7 + 1) from rollup.segment_hour;
alter statistics rollup.segment_hour_weekday owner to leadboard_rollup;

comment on statistics rollup.segment_hour_weekday is 'Weekdays of sending, for plans that group by them.';
comment on table rollup.segment_hour is 'One row per segment, local day and hour of sending: sums of segment_day over owners, campaigns, variants and versions.';
comment on column rollup.segment_hour.workspace_id is 'The tenant.';
comment on column rollup.segment_hour.day is 'Local day of sent_at, as in segment_day.';
comment on column rollup.segment_hour.subject_id is 'Always the nil UUID: the sums are those of the whole workspace.';
comment on column rollup.segment_hour.segment_id is 'The segment.';
comment on column rollup.segment_hour.hour is 'Local hour of sent_at, 0-23.';
comment on column rollup.segment_hour.sent is 'Recipients sent to.';
comment on column rollup.segment_hour.delivered is 'Of those, delivered.';
comment on column rollup.segment_hour.opened is 'Of those, opened by a person.';
comment on column rollup.segment_hour.machine_opened is 'Of those, opened by a machine.';
comment on column rollup.segment_hour.clicked is 'Of those, clicked.';
comment on column rollup.segment_hour.replied is 'Of those, replied, not before it was sent.';
comment on column rollup.segment_hour.bounced is 'Of those, bounced.';
comment on column rollup.segment_hour.converted is 'Of those, won after it was sent.';
comment on column rollup.segment_hour.recomputed is 'Of the recipients, those without a snapshot, matched with the rule afterwards.';
comment on column rollup.segment_hour.reply_seconds is 'Sum of first_replied_at - sent_at over the replied, in seconds.';
