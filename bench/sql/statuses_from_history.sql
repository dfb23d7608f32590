-- The statuses of metrics.branch_statuses, from the last row of each lead's history before the
-- local day %(day)s, whose zone is UTC.
select
    s.status,
    count(*) as leads
from (
    select distinct on (h.lead_id) h.status
    from crm.lead_status_history as h
    inner join crm.leads as l on l.workspace_id = h.workspace_id and l.id = h.lead_id
    where
        l.workspace_id = %(workspace)s
        and l.branch_id = %(branch)s
        and h.changed_at < %(day)s::date::timestamp at time zone 'UTC'
    order by h.lead_id, h.changed_at desc, h.id desc
) as s
group by s.status
order by s.status
