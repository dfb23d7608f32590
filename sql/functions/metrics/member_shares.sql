-- What insights compare, per member over a window of local days [p_from_day, p_to_day): every
-- figure as a sum and what it is divided by.
-- Grain: one row per member and metric with anything to divide by.
--   conversion_rate       won / leads created in the window (cohort)
--   contact_rate          contacted / leads (cohort)
--   response_time         hours to the first contact / contacted leads (cohort)
--   satisfaction          sum / number of ratings (event)
--   task_completion_rate  completed by now / tasks the member created in the window
--   reply_rate            replied / campaign recipients sent to (event by send day)
-- Reads: rollup.lead_day, rollup.service_day, rollup.task_day, rollup.campaign_day.
-- p_user_id null means every member. No SET clause and one statement, so it inlines.
create function metrics.member_shares(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (user_id uuid, metric text, total numeric, count numeric)
language sql
stable
parallel safe
as $$
    select
        f.user_id,
        m.metric,
        m.total,
        m.count
    from (
        select
            d.subject_id as user_id,
            sum(d.leads) as leads,
            sum(d.won) as won,
            sum(d.contacted) as contacted,
            sum(d.response_seconds) as seconds
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id >= coalesce(p_user_id, app.nobody())
            and d.subject_id <= coalesce(p_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.subject_id
    ) as f
    cross join lateral (
        values
        ('conversion_rate', f.won, f.leads),
        ('contact_rate', f.contacted, f.leads),
        ('response_time', f.seconds / 3600, f.contacted)
    ) as m (metric, total, count)
    where m.count > 0
    union all
    select
        d.subject_id,
        'satisfaction',
        sum(d.rating_sum),
        sum(d.ratings)
    from rollup.service_day as d
    where
        d.workspace_id = p_workspace_id
        and d.subject_id >= coalesce(p_user_id, app.nobody())
        and d.subject_id <= coalesce(p_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        and d.day >= p_from_day
        and d.day < p_to_day
    group by d.subject_id
    having sum(d.ratings) > 0
    union all
    select
        d.subject_id,
        'task_completion_rate',
        sum(d.created_completed),
        sum(d.created)
    from rollup.task_day as d
    where
        d.workspace_id = p_workspace_id
        and d.subject_id >= coalesce(p_user_id, app.nobody())
        and d.subject_id <= coalesce(p_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        and d.day >= p_from_day
        and d.day < p_to_day
    group by d.subject_id
    having sum(d.created) > 0
    union all
    select
        d.subject_id,
        'reply_rate',
        sum(d.replied),
        sum(d.sent)
    from rollup.campaign_day as d
    where
        d.workspace_id = p_workspace_id
        and d.subject_id >= coalesce(p_user_id, app.nobody())
        and d.subject_id <= coalesce(p_user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        and d.day >= p_from_day
        and d.day < p_to_day
    group by d.subject_id
    having sum(d.sent) > 0
$$;
alter function metrics.member_shares(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function metrics.member_shares(uuid, uuid, date, date) is
'What insights compare: per member and metric the sum and what it is divided by, over the local days [from, to).';
