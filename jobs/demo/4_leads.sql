-- The story of each lead from number demo.first_lead up to, not including, demo.end_lead: who works
-- it, and when what happens to it. Nothing is written to the facts yet.
--
-- Times are planned in the branch's local time, because people keep office hours, and turned into
-- instants at the end. What would happen after the present does not happen: its time is null.
-- Numbers of the random streams: 101-119 arrival and person, 120-159 course, 160-199 details.

create temporary table demo_arrival as
with numbered as materialized (
    select
        g.n,
        c.workspace_no,
        c.day,
        pg_temp.chance(g.n, 101) as c_branch,
        pg_temp.chance(g.n, 102) as c_time,
        pg_temp.bell(g.n, 103) as b_time
    from demo_calendar as c
    cross join lateral generate_series(
        greatest(c.first_lead, current_setting('demo.first_lead')::bigint),
        least(c.end_lead, current_setting('demo.end_lead')::bigint) - 1
    ) as g (n)
),

placed as materialized (
    select
        x.n,
        x.workspace_no,
        b.no as branch_no,
        b.zone,
        (
            x.day::timestamp + make_interval(
                secs => floor(
                    least(greatest(
                        case
                            when x.c_time < 0.6 then 13.3 + 2.8 * x.b_time else 20 + 1.7 * x.b_time
                        end,
                        0.02
                    ), 23.98) * 3600
                )
            )
        ) at time zone b.zone as at
    from numbered as x
    inner join lateral (
        select
            db.no,
            db.zone
        from demo_branches as db
        where db.workspace_no = x.workspace_no
        order by (
            -- Branches in order of their number, until their shares add up to the chance.
            select sum(below.share) from demo_branches as below
            where below.workspace_no = db.workspace_no and below.no <= db.no
        ) < x.c_branch, db.no
        limit 1
    ) as b on true
),

-- What would come later today came on another day instead.
settled as materialized (
    select
        p.n,
        p.workspace_no,
        p.branch_no,
        p.zone,
        case
            when p.at < pg_temp.present() then p.at
            else p.at - make_interval(days => 1 + floor(90 * pg_temp.chance(p.n, 104))::integer)
        end as created_at
    from placed as p
)

select
    s.n,
    s.workspace_no,
    s.branch_no,
    s.zone,
    s.created_at,
    w.weekends,
    -- 0 at the beginning of the 400 days, 1 today.
    1
    - extract(epoch from pg_temp.present() - s.created_at)::double precision / 34560000 as progress,
    least(greatest(((s.created_at at time zone w.zone)::date - (w.today - 399)) / 30, 0), 13)
        as month_no
from settled as s
inner join demo_workspaces as w on w.no = s.workspace_no;

analyze demo_arrival;

create temporary table demo_lead as
with cast_leads as materialized (
    select
        a.n,
        a.workspace_no,
        a.branch_no,
        a.zone,
        a.weekends,
        a.created_at,
        s.source,
        s.quality,
        first_person.no as person_no,
        first_person.role = 'partner' as is_partner,
        first_person.deactivated_at at time zone a.zone as leaves_local,
        first_person.skill + first_person.drift * (a.progress - 0.5) as skill,
        first_person.speed_minutes
        * exp(-0.5 * first_person.drift * (a.progress - 0.5)) as speed_minutes,
        first_person.diligence,
        case
            when
                second_person.no <> first_person.no and second_person.deactivated_at is null
                then second_person.no
        end as second_no,
        pg_temp.chance(a.n, 120) as c_owner,
        pg_temp.chance(a.n, 121) as c_reject,
        pg_temp.chance(a.n, 122) as c_second,
        pg_temp.chance(a.n, 123) as c_contact,
        pg_temp.chance(a.n, 124) as c_tries,
        pg_temp.chance(a.n, 125) as c_interest,
        pg_temp.chance(a.n, 126) as c_won,
        pg_temp.chance(a.n, 127) as c_lost,
        pg_temp.chance(a.n, 128) as c_complete,
        pg_temp.chance(a.n, 129) as c_reopen,
        pg_temp.chance(a.n, 130) as c_middle,
        pg_temp.chance(a.n, 131) as c_handover,
        pg_temp.chance(a.n, 132) as c_morning,
        a.created_at + case
            when pg_temp.chance(a.n, 133) < 0.75 then interval '0'
            else pg_temp.stretch(12, 0.9, pg_temp.bell(a.n, 134))
        end as assigned_at
    from demo_arrival as a
    inner join lateral (
        -- Tastes move over the year: the first sources gain, the last ones lose.
        select
            ds.source,
            ds.quality
        from demo_sources as ds
        where
            ds.workspace_no = a.workspace_no
            and ds.high > power(pg_temp.chance(a.n, 105), 0.85 + 0.35 * a.progress) * 0.999999
        order by ds.no
        limit 1
    ) as s on true
    inner join demo_wheel as first_turn
        on
            first_turn.workspace_no = a.workspace_no and first_turn.branch_no = a.branch_no
            and first_turn.month_no = a.month_no
            and first_turn.slot = floor(1000 * pg_temp.chance(a.n, 106))::integer
    inner join demo_wheel as second_turn
        on
            second_turn.workspace_no = a.workspace_no and second_turn.branch_no = a.branch_no
            and second_turn.month_no = a.month_no
            and second_turn.slot = floor(1000 * pg_temp.chance(a.n, 107))::integer
    inner join demo_people as first_person on first_person.no = first_turn.person_no
    inner join demo_people as second_person on second_person.no = second_turn.person_no
),

fates as materialized (
    select
        c.*,
        -- Most leads have an owner; some only somebody who brought them in, or who happened to work
        -- them, or nobody at all.
        case
            when c.c_owner < 0.010 then 'creator'
            when c.c_owner < 0.020 then 'first_actor'
            when c.c_owner < 0.027 then 'nobody'
            else 'owner'
        end as basis,
        c.c_owner >= 0.027
        and c.c_reject < case when c.is_partner then 0.13 else 0.02 end as is_rejected,
        c.assigned_at at time zone c.zone as assigned_local,
        1 / (1 + exp(-(-0.10 + 1.1 * ln(c.quality) + 0.6 * c.skill))) as p_interest,
        1 / (1 + exp(-(0.80 + 0.5 * c.skill))) as p_won
    from cast_leads as c
),

answered as materialized (
    select
        f.*,
        -- The answer to being given the lead: yes or no.
        pg_temp.at_work(
            f.assigned_local + pg_temp.stretch(f.speed_minutes * 0.4, 1.0, pg_temp.bell(f.n, 135)),
            f.weekends, f.c_morning
        ) as answered_local
    from fates as f
),

restarted as materialized (
    select
        a.*,
        -- A refused lead goes to somebody else, mostly within hours.
        case
            when a.is_rejected and a.second_no is not null and a.c_second < 0.8
                then pg_temp.at_work(
                    a.answered_local + pg_temp.stretch(60, 1.0, pg_temp.bell(a.n, 136)),
                    a.weekends,
                    a.c_second
                )
        end as second_local
    from answered as a
),

accepted as materialized (
    select
        r.*,
        case
            when r.basis in ('creator', 'nobody') then null
            when not r.is_rejected then r.answered_local
            when r.second_local is not null
                then pg_temp.at_work(
                    r.second_local + pg_temp.stretch(25, 0.9, pg_temp.bell(r.n, 137)),
                    r.weekends,
                    r.c_reject
                )
        end as accepted_local
    from restarted as r
),

contacted as materialized (
    select
        a.*,
        -- Slow people forget more leads.
        case
            when a.c_contact >= 0.035 + least(a.speed_minutes / 8000, 0.15)
                then pg_temp.at_work(
                    a.accepted_local
                    + pg_temp.stretch(a.speed_minutes, 1.1, pg_temp.bell(a.n, 138)),
                    a.weekends, a.c_contact
                )
        end as first_local
    from accepted as a
),

moved as materialized (
    select
        c.*,
        case
            when c.first_local is null then 0
            -- Some only change the status and log no contact.
            when c.c_tries < 0.06 then 0
            else least(1 + floor(ln(1 - (c.c_tries - 0.06) / 0.94) / ln(c.diligence)), 9)
        end::integer as tries,
        case
            when c.c_interest < c.p_interest
                then pg_temp.at_work(
                    c.first_local + pg_temp.stretch(3200, 0.8, pg_temp.bell(c.n, 139)),
                    c.weekends,
                    c.c_interest
                )
        end as interested_local
    from contacted as c
),

closed as materialized (
    select
        m.*,
        case
            when m.interested_local is not null and m.c_won < m.p_won then 'won'
            when m.interested_local is not null and m.c_lost < 0.93 then 'lost'
            when
                m.first_local is not null and m.interested_local is null and m.c_lost < 0.90
                then 'lost'
        end as outcome,
        pg_temp.at_work(
            coalesce(m.interested_local, m.first_local)
            + pg_temp.stretch(8000, 0.9, pg_temp.bell(m.n, 140)),
            m.weekends, m.c_won
        ) as closed_local
    from moved as m
),

reopened as materialized (
    select
        c.*,
        case when c.outcome is not null then c.closed_local end as outcome_local,
        case
            when c.outcome = 'lost' and c.c_reopen < 0.06
                then pg_temp.at_work(
                    c.closed_local + pg_temp.stretch(43200, 0.4, pg_temp.bell(c.n, 141)),
                    c.weekends,
                    c.c_reopen * 16
                )
        end as reopened_local,
        case
            when c.first_local is not null and c.c_middle < 0.6
                then
                    c.first_local
                    + 0.4 * (coalesce(c.interested_local, c.closed_local) - c.first_local)
        end as progress_local
    from closed as c
),

ended as materialized (
    select
        r.*,
        case
            when r.outcome = 'won' and r.c_complete < 0.35
                then pg_temp.at_work(
                    r.outcome_local + pg_temp.stretch(26000, 0.5, pg_temp.bell(r.n, 142)),
                    r.weekends,
                    r.c_complete
                )
            else pg_temp.at_work(
                r.reopened_local + pg_temp.stretch(10000, 0.7, pg_temp.bell(r.n, 143)),
                r.weekends,
                r.c_complete
            )
        end as end_local,
        -- Handed to a colleague: now and then, and when the owner leaves.
        case
            when r.basis = 'owner' and r.second_no is not null and r.second_local is null
                then case
                    when
                        r.leaves_local > r.answered_local
                        and (r.outcome_local is null or r.leaves_local < r.outcome_local)
                        then r.leaves_local
                    when r.c_handover < 0.04
                        then pg_temp.at_work(
                            coalesce(r.first_local, r.answered_local)
                            + pg_temp.stretch(9000, 0.8, pg_temp.bell(r.n, 144)),
                            r.weekends, r.c_handover * 25
                        )
                end
        end as handover_local
    from reopened as r
),

instants as materialized (
    select
        e.*,
        e.answered_local at time zone e.zone as answered_at,
        e.second_local at time zone e.zone as second_at,
        e.accepted_local at time zone e.zone as accepted_at,
        e.first_local at time zone e.zone as first_at,
        e.progress_local at time zone e.zone as progress_at,
        e.interested_local at time zone e.zone as interested_at,
        e.outcome_local at time zone e.zone as outcome_at,
        e.reopened_local at time zone e.zone as reopened_at,
        e.end_local at time zone e.zone as end_at,
        case
            when
                e.outcome_local is null or e.handover_local < e.outcome_local
                then e.handover_local at time zone e.zone
        end as handover_at
    from ended as e
)

select
    i.n,
    pg_temp.key(i.created_at, 1, i.n, 0) as id,
    w.workspace_id,
    i.workspace_no,
    b.branch_id,
    i.branch_no,
    b.country,
    i.zone,
    i.weekends,
    i.created_at,
    i.source,
    i.quality,
    i.basis,
    i.skill,
    i.speed_minutes,
    i.tries,
    i.outcome,
    case when i.basis = 'owner' then first_person.user_id end as owner_id,
    first_person.user_id as worker_id,
    second_person.user_id as second_id,
    -- Walk-ins and referrals are brought in by those who work them; orphans by the admin.
    case
        when i.basis = 'creator' then admin.user_id
        when i.basis = 'owner' and i.source in ('walk_in', 'referral', 'event') and i.c_second < 0.6
            then first_person.user_id
    end as creator_id,
    i.assigned_at,
    case when i.is_rejected and i.answered_at <= pg_temp.present() then i.answered_at end
        as rejected_at,
    case when i.second_at <= pg_temp.present() then i.second_at end as second_at,
    case when i.accepted_at <= pg_temp.present() then i.accepted_at end as accepted_at,
    case when i.first_at <= pg_temp.present() then i.first_at end as first_at,
    case when i.progress_at <= pg_temp.present() then i.progress_at end as progress_at,
    case when i.interested_at <= pg_temp.present() then i.interested_at end as interested_at,
    case when i.outcome_at <= pg_temp.present() then i.outcome_at end as outcome_at,
    case when i.reopened_at <= pg_temp.present() then i.reopened_at end as reopened_at,
    case when i.end_at <= pg_temp.present() then i.end_at end as end_at,
    case when i.handover_at <= pg_temp.present() then i.handover_at end as handover_at,
    -- From then on the second person works the lead.
    case
        when
            coalesce(i.second_at, i.handover_at) <= pg_temp.present()
            then coalesce(i.second_at, i.handover_at)
    end as switch_at,
    pg_temp.chance(i.n, 150) < 0.35 as ends_won
from instants as i
inner join demo_workspaces as w on w.no = i.workspace_no
inner join demo_branches as b on b.workspace_no = i.workspace_no and b.no = i.branch_no
inner join demo_people as first_person on first_person.no = i.person_no
left join demo_people as second_person on second_person.no = i.second_no
inner join
    demo_people as admin
    on admin.workspace_no = i.workspace_no and admin.role = 'admin' and admin.no <= 40;

drop table demo_arrival;
create unique index demo_lead_n on demo_lead (n);
analyze demo_lead;
