-- Cells of rollup.segment_day are an owner's day, no longer a segment's: one reply must not have
-- everything counted again that was sent to the segment on that day.
-- depends: 0021.create-member-sums

-- The rollup is emptied before its key changes, so there is nothing to scan, and nobody but the
-- layer that is rebuilt with it knows the names of its columns.
-- squawk-ignore-file renaming-column, ban-drop-constraint, require-concurrent-index-creation
-- squawk-ignore-file constraint-missing-not-valid, adding-serial-primary-key-field

-- The deploy that changes the definition fills it again.
truncate rollup.segment_day;
alter table rollup.segment_day rename column subject_id to segment_id;
alter table rollup.segment_day rename column owner_id to subject_id;
alter table rollup.segment_day drop constraint segment_day_pkey;
alter table rollup.segment_day
add primary key (
    workspace_id, day, subject_id, segment_id, segment_version, campaign_id, variant, hour
);

comment on table rollup.segment_day is 'One row per owner at send, segment, version of its rule, campaign, variant, local day and hour of sending (event by send day): recipients, by the segments they were in when sent to.';
comment on column rollup.segment_day.segment_id is 'The segment.';
comment on column rollup.segment_day.subject_id is 'The credited owner when it was sent; the nil UUID for nobody.';
comment on column crm.campaign_lead_segments.sent_at is 'Copy of campaign_leads.sent_at. Kept by trigger.';
comment on column rollup.dirty_cells.subject_id is 'Owner or actor of the cell, or the lead of a mark; the nil UUID for nobody.';
