-- Rows of a cohort and of its sums change for as long as something happens to a lead: a page with
-- room takes the new row, and no index is written.
-- depends: 0039.split-lead-day

-- Pages that are there fill up to it as their rows change, or at once by cluster (docs/runbook.md).
alter table rollup.lead_day set (fillfactor = 85);
alter table rollup.lead_contact_day set (fillfactor = 85);
alter table rollup.member_day set (fillfactor = 85);
alter table rollup.member_week set (fillfactor = 85);
