-- Who plays: three workspaces, their branches and people, the sources of their leads, and how many
-- leads come on which day. Temporary tables, a pure function of the settings demo.seed, demo.now,
-- demo.leads and demo.people; every session of a load makes the same ones for itself.
--
-- What grows with the set: leads by the scale, people and campaigns by scale^0.75. So at a hundred
-- times the leads a person has three times as many and a campaign three times the recipients, not a
-- hundred times, and mail goes out on every day, not on one in fourteen. Workspaces, branches,
-- sources and segments stay: a company of that size has more people, not more kinds of customers.

-- A chain of gyms, an agency and a marketplace of partners: different zones, money and habits.
create temporary table demo_workspaces as
select
    w.*,
    pg_temp.named(w.name) as workspace_id,
    (pg_temp.present() at time zone w.zone)::date as today
from (
    values
    (
        1, 'Kracht Gyms', 'Europe/Amsterdam', 'EUR', 'anonymised', 'risk', 'kracht.example', 0.45,
        true, 540.0, 0.45, null::double precision, 'nl-NL'
    ),
    (
        2, 'Beacon & Pine', 'America/New_York', 'USD', 'own_rank_only', 'trust',
        'beaconpine.example', 0.20, false, 9500.0, 0.80, null, 'en-US'
    ),
    (
        3, 'Leadlink', 'Europe/Berlin', 'EUR', 'named', 'risk', 'leadlink.example', 0.35,
        false, 2400.0, 0.70, 45.0, 'en-GB'
    )
) as w (
    no, name, zone, currency, visibility, ai_score_measures, mail_domain, share,
    weekends, median_deal, deal_spread, median_price, locale
);

-- Zones: with and without summer time, east and west of the workspace, and a southern summer.
create temporary table demo_branches as
select
    b.*,
    w.workspace_id,
    pg_temp.named(w.name || ' ' || b.name) as branch_id,
    coalesce(b.own_zone, w.zone) as zone,
    w.weekends
from (
    values
    (
        1, 1, 'Amsterdam Zuid', null, 0.45, 'NL', '+31 6 ',
        array['Noord-Holland', 'Utrecht', 'Flevoland']
    ),
    (
        1, 2, 'Rotterdam Centrum', null, 0.30, 'NL', '+31 6 ',
        array['Zuid-Holland', 'Noord-Brabant', 'Zeeland']
    ),
    (
        1, 3, 'London Shoreditch', 'Europe/London', 0.25, 'GB', '+44 7',
        array['Greater London', 'Essex', 'Kent']
    ),
    (
        2, 1, 'New York', null, 0.50, 'US', '+1 212 ',
        array['New York', 'New Jersey', 'Connecticut']
    ),
    (
        2, 2, 'Chicago', 'America/Chicago', 0.30, 'US', '+1 312 ',
        array['Illinois', 'Wisconsin', 'Indiana']
    ),
    (
        2, 3, 'Phoenix', 'America/Phoenix', 0.20, 'US', '+1 602 ',
        array['Arizona', 'New Mexico', 'Nevada']
    ),
    (
        3, 1, 'Deutschland', null, 0.60, 'DE', '+49 15',
        array['Berlin', 'Bayern', 'Hessen', 'Hamburg']
    ),
    (
        3, 2, 'Canarias', 'Atlantic/Canary', 0.22, 'ES', '+34 6',
        array['Las Palmas', 'Santa Cruz de Tenerife']
    ),
    (
        3, 3, 'Australia', 'Australia/Sydney', 0.18, 'AU', '+61 4',
        array['New South Wales', 'Victoria']
    )
) as b (workspace_no, no, name, own_zone, share, country, phone_prefix, provinces)
inner join demo_workspaces as w on w.no = b.workspace_no;

-- Names for leads and for the people beyond the first forty.
create temporary table demo_names as
select
    n.workspace_no,
    n.first_names,
    n.last_names,
    n.companies
from (
    values
    (
        1,
        string_to_array(
            'Anna,Sophie,Emma,Lisa,Fleur,Eva,Julia,Sara,Mila,Tess,Femke,Amira,Bas,Thijs,'
            || 'Ruben,Lars,Sven,Niels,Jasper,Koen,Mohamed,Kevin,Stijn,Pieter',
            ','
        ),
        string_to_array(
            'de Jong,Jansen,de Vries,van den Berg,Bakker,Visser,Smit,Meijer,de Boer,Mulder,'
            || 'de Groot,Bos,Vos,Peters,Hendriks,Dekker,Brouwer,Dijkstra,Kok,Yilmaz,Walker,'
            || 'Hughes,Green,Edwards,Turner',
            ','
        ),
        array['Bouw', 'Advies', 'Techniek', 'Zorg', 'Logistiek', 'Horeca']
    ),
    (
        2,
        string_to_array(
            'Emily,Madison,Abigail,Olivia,Ava,Isabella,Chloe,Zoe,Jasmine,Rachel,Megan,'
            || 'Laura,Michael,Jacob,Matthew,Daniel,Andrew,Ryan,Brandon,Luis,Kevin,Tyler,Jose,'
            || 'Aaron',
            ','
        ),
        string_to_array(
            'Smith,Johnson,Williams,Brown,Garcia,Miller,Davis,Rodriguez,Martinez,Hernandez,'
            || 'Lopez,Wilson,Anderson,Thomas,Taylor,Moore,Lee,Perez,White,Harris,Clark,Lewis,'
            || 'Young,Allen,King',
            ','
        ),
        array['Holdings', 'Labs', 'Foods', 'Outdoor', 'Health', 'Software', 'Partners']
    ),
    (
        3,
        string_to_array(
            'Lena,Marie,Leonie,Hannah,Clara,Johanna,Greta,Carmen,Lucia,Marta,Isla,Matilda,'
            || 'Lukas,Paul,Maximilian,Tim,Stefan,Markus,Pablo,Javier,Miguel,Noah,Lachlan,Emre',
            ','
        ),
        string_to_array(
            'Schneider,Fischer,Meyer,Wagner,Becker,Hoffmann,Koch,Richter,Klein,Wolf,'
            || 'Neumann,Schwarz,Zimmermann,Krause,Lange,Demir,Gonzalez,Perez,Santana,Cabrera,'
            || 'Campbell,Mitchell,Kelly,Harrison,Nguyen',
            ','
        ),
        array['Solar', 'Immobilien', 'Dach', 'Energie', 'Bau', 'Finanz', 'Umzug']
    )
) as n (workspace_no, first_names, last_names, companies);

-- Sources: share of the leads and how good they are.
create temporary table demo_sources as
select
    s.*,
    sum(s.share) over (partition by s.workspace_no order by s.no) - s.share as low,
    sum(s.share) over (partition by s.workspace_no order by s.no) as high
from (
    values
    (1, 1, 'website', 0.28, 1.00),
    (1, 2, 'instagram', 0.20, 0.70),
    (1, 3, 'google_ads', 0.18, 0.90),
    (1, 4, 'referral', 0.14, 1.50), (1, 5, 'walk_in', 0.12, 1.70), (1, 6, 'partner', 0.05, 1.10),
    (1, 7, 'unknown', 0.03, 0.70),
    (2, 1, 'website', 0.25, 1.00), (2, 2, 'linkedin', 0.22, 1.10), (2, 3, 'referral', 0.20, 1.60),
    (2, 4, 'webinar', 0.13, 0.90), (2, 5, 'cold_email', 0.15, 0.45), (2, 6, 'event', 0.05, 1.20),
    (3, 1, 'comparison_site', 0.30, 0.95),
    (3, 2, 'google_ads', 0.25, 0.85),
    (3, 3, 'facebook', 0.20, 0.60),
    (3, 4, 'website', 0.12, 1.10), (3, 5, 'referral', 0.08, 1.50), (3, 6, 'unknown', 0.05, 0.65)
) as s (workspace_no, no, source, share, quality);

-- The people. Five of them, one per role, have addresses that everybody knows: the personas.
create temporary table demo_people as
with first_forty as (
    select
        p.*,
        p.name as full_name
    from (
        values
        (1, 1, null, 'owner', 'Hendrik de Wit', null, 0.0),
        (2, 1, null, 'admin', 'Sanne Bakker', null, 0.0),
        (3, 1, 1, 'manager', 'Joris Mulder', null, 0.3),
        (4, 1, 2, 'manager', 'Fatima El Amrani', null, 0.3),
        (5, 1, 3, 'manager', 'Oliver Bennett', null, 0.3),
        (6, 1, 1, 'agent', 'Lotte Jansen', null, 1.2),
        (7, 1, 1, 'agent', 'Daan Smit', null, 1.0),
        (8, 1, 1, 'agent', 'Yasmin Kaya', null, 0.9),
        (9, 1, 1, 'agent', 'Tom Hendriks', null, 0.8),
        (10, 1, 2, 'agent', 'Bram Peters', null, 1.0),
        (11, 1, 2, 'agent', 'Noor van Dijk', null, 1.1),
        (12, 1, 2, 'agent', 'Sem Willems', null, 0.7),
        (13, 1, 3, 'agent', 'Charlotte Hughes', null, 1.1),
        (14, 1, 3, 'agent', 'Jamal Okafor', null, 0.9),
        (15, 1, null, 'partner', 'Iris Postma', null, 0.3),
        (16, 2, null, 'owner', 'Grace Whitfield', null, 0.0),
        (17, 2, null, 'admin', 'Marcus Reed', null, 0.0),
        (18, 2, 1, 'manager', 'Elena Rossi', null, 0.4),
        (19, 2, 2, 'manager', 'Victor Nguyen', null, 0.4),
        (20, 2, 1, 'agent', 'Hannah Cole', null, 1.2),
        (21, 2, 1, 'agent', 'Diego Ramirez', null, 1.0),
        (22, 2, 1, 'agent', 'Walter Finch', null, 0.8),
        (23, 2, 2, 'agent', 'Priya Patel', null, 1.1),
        (24, 2, 2, 'agent', 'Sean Murphy', null, 0.8),
        (25, 2, 3, 'agent', 'Aaliyah Johnson', null, 1.0),
        (26, 2, 3, 'agent', 'Ethan Brooks', null, 0.9),
        (27, 2, null, 'partner', 'Naomi Fischer', null, 0.4),
        (28, 3, null, 'owner', 'Olivia Brandt', 'owner@demo.example', 0.0),
        (29, 3, null, 'admin', 'Adam Keller', 'admin@demo.example', 0.0),
        (30, 3, 1, 'manager', 'Maya Lindqvist', 'manager@demo.example', 0.2),
        (31, 3, 1, 'agent', 'Amir Haddad', 'agent@demo.example', 0.9),
        (32, 3, 2, 'agent', 'Lucia Herrera', null, 0.6),
        (33, 3, null, 'partner', 'Petra Vogel', 'partner@demo.example', 1.3),
        (34, 3, null, 'partner', 'Jonas Weber', null, 1.1),
        (35, 3, null, 'partner', 'Katharina Schulz', null, 1.0),
        (36, 3, null, 'partner', 'Carlos Medina', null, 0.9),
        (37, 3, null, 'partner', 'Ana Suarez', null, 1.0),
        (38, 3, null, 'partner', 'Jack Thompson', null, 0.8),
        (39, 3, null, 'partner', 'Chloe Davies', null, 0.7),
        (40, 3, null, 'partner', 'Felix Braun', null, 0.9)
    ) as p (no, workspace_no, branch_no, role, name, email, weight)
),

others as (
    select
        g.no::integer as no,
        s.workspace_no,
        s.branch_no,
        s.role,
        n.first_names[1 + (pg_temp.chance(g.no, 11) * 23)::integer] || ' '
        || n.last_names[1 + (pg_temp.chance(g.no, 12) * 24)::integer] as name,
        null as email,
        round((0.5 + pg_temp.chance(g.no, 13))::numeric, 2) as weight
    from generate_series(41, current_setting('demo.people')::bigint) as g (no)
    inner join lateral (
        select
            case when g.no % 20 < 9 then 1 when g.no % 20 < 13 then 2 else 3 end
                as workspace_no,
            case when g.no % 20 < 13 then 1 + (g.no / 20) % 3 end::integer as branch_no,
            case when g.no % 20 < 13 then 'agent' else 'partner' end as role
    ) as s on true
    inner join demo_names as n on n.workspace_no = s.workspace_no
),

everybody as (
    select
        f.no,
        f.workspace_no,
        f.branch_no,
        f.role,
        f.name,
        f.email,
        f.weight
    from first_forty as f
    union all
    select
        o.no,
        o.workspace_no,
        o.branch_no,
        o.role,
        o.name,
        o.email,
        o.weight
    from others as o
),

named as (
    select
        e.no,
        e.workspace_no,
        e.branch_no,
        e.role,
        e.name,
        e.weight,
        coalesce(
            e.email,
            translate(lower(e.name), ' ', '.') || case when e.no > 40 then '.' || e.no else '' end
            || '@' || w.mail_domain
        ) as email,
        -- Numbers 9, 22 and 40 left in the last months; 22 has been erased since.
        case
            when e.no = 9 then pg_temp.present() - interval '75 days'
            when e.no = 22 then pg_temp.present() - interval '120 days'
            when e.no = 40 then pg_temp.present() - interval '45 days'
            when
                e.no > 40 and pg_temp.chance(e.no, 14) < 0.05
                then pg_temp.present() - interval '100 days'
        end as deactivated_at,
        case
            when e.no in (8, 26, 39) or (e.no > 40 and pg_temp.chance(e.no, 15) < 0.15)
                then
                    pg_temp.present()
                    - make_interval(days => 60 + (pg_temp.chance(e.no, 16) * 240)::integer)
            else
                pg_temp.present()
                - make_interval(days => 430 + (pg_temp.chance(e.no, 16) * 900)::integer)
        end as joined_at
    from everybody as e
    inner join demo_workspaces as w on w.no = e.workspace_no
)

select
    n.no,
    n.workspace_no,
    n.branch_no,
    n.role,
    n.name,
    n.email,
    pg_temp.named(n.email) as user_id,
    n.weight,
    date_trunc('day', n.joined_at) as joined_at,
    n.deactivated_at,
    n.no = 22 as is_erased,
    -- Habits: conversion (0 is average), its drift over the year, minutes to the first contact,
    -- further attempts, and how customers like the person.
    case
        when n.no in (31, 33) then 0.7 when n.no in (12, 38) then -1.2 else pg_temp.bell(n.no, 21)
    end as skill,
    0.6 * pg_temp.bell(n.no, 22) as drift,
    case n.no
        when 31 then 30 when 33 then 22 when 38 then 900 else 70 * exp(0.9 * pg_temp.bell(n.no, 23))
    end as speed_minutes,
    least(greatest(0.55 + 0.14 * pg_temp.bell(n.no, 24), 0.15), 0.85) as diligence,
    least(greatest(4.3 + 0.35 * pg_temp.bell(n.no, 25), 2.8), 4.9) as warmth
from named as n;

-- Who gets the lead: per branch and 30 days a wheel of 1,000 slots, shared by weight among those
-- who are there for the whole of the 30 days. Partners serve every branch of their workspace.
create temporary table demo_wheel as
with months as (
    select
        m.no,
        w.no as workspace_no,
        -- From day 30 m to day 30 m + 30 of the calendar below.
        (w.today - 399 + 30 * m.no)::timestamp at time zone w.zone as starts_at,
        (w.today - 399 + 30 * m.no + 30)::timestamp at time zone w.zone as ends_at
    from demo_workspaces as w
    cross join generate_series(0, 13) as m (no)
),

shares as (
    select
        b.workspace_no,
        b.no as branch_no,
        m.no as month_no,
        p.no as person_no,
        -- Numeric, so that one person's share ends exactly where the next begins.
        (sum(p.weight) over wheel - p.weight)
        / sum(p.weight) over (partition by b.workspace_no, b.no, m.no) as low,
        sum(p.weight) over wheel
        / sum(p.weight) over (partition by b.workspace_no, b.no, m.no) as high
    from demo_branches as b
    inner join months as m on m.workspace_no = b.workspace_no
    inner join
        demo_people as p
        on p.workspace_no = b.workspace_no and (p.branch_no = b.no or p.branch_no is null)
    where
        p.weight > 0
        and p.joined_at <= m.starts_at
        and (p.deactivated_at is null or p.deactivated_at >= m.ends_at)
    window wheel as (partition by b.workspace_no, b.no, m.no order by p.no)
)

select
    s.workspace_no,
    s.branch_no,
    s.month_no,
    slot.no::integer as slot,
    s.person_no
from shares as s
cross join lateral generate_series(round(s.low * 1000), round(s.high * 1000) - 1) as slot (no);

-- How many leads on which day, over 400 days: growth, the habits of the weekday and of the season,
-- and luck. The leads of a workspace are numbered through in order of their days.
create temporary table demo_calendar as
with days as (
    select
        w.no as workspace_no,
        d.no as day_no,
        w.today - 399 + d.no as day,
        (1 + 0.9 * d.no / 400.0)
        * (
            case
                when
                    w.weekends
                    then
                        (array[1.15, 1.05, 1.0, 0.95, 0.9, 1.1, 1.05])[
                            extract(isodow from w.today - 399 + d.no)
                        ]
                else
                    (array[1.2, 1.25, 1.15, 1.1, 0.9, 0.35, 0.3])[
                        extract(isodow from w.today - 399 + d.no)
                    ]
            end
        )
        * (
            case
                when w.weekends
                    then
                        (array[1.6, 1.2, 1.05, 1, 0.9, 0.8, 0.7, 0.85, 1.35, 1.1, 0.95, 0.75])[
                            extract(month from w.today - 399 + d.no)
                        ]
                else
                    (array[1.05, 1.05, 1.1, 1.05, 1, 0.95, 0.8, 0.75, 1.1, 1.15, 1.1, 0.7])[
                        extract(month from w.today - 399 + d.no)
                    ]
            end
        )
        * (0.8 + 0.4 * pg_temp.chance(w.no * 1000 + d.no, 31)) as weight
    from demo_workspaces as w
    cross join generate_series(0, 399) as d (no)
),

shares as (
    select
        d.workspace_no,
        d.day_no,
        d.day,
        (sum(d.weight) over running - d.weight)
        / sum(d.weight) over (partition by d.workspace_no) as low,
        sum(d.weight) over running / sum(d.weight) over (partition by d.workspace_no) as high
    from days as d
    window running as (partition by d.workspace_no order by d.day_no)
),

sizes as (
    select
        w.no as workspace_no,
        -- Rounded running totals: the sizes add up to exactly demo.leads.
        round(
            (sum(w.share) over (order by w.no) - w.share) * current_setting('demo.leads')::bigint
        ) as first_lead,
        round(sum(w.share) over (order by w.no) * current_setting('demo.leads')::bigint) as end_lead
    from demo_workspaces as w
)

select
    s.workspace_no,
    s.day_no,
    s.day,
    (z.first_lead + floor(s.low * (z.end_lead - z.first_lead)))::bigint as first_lead,
    case
        when s.day_no = 399 then z.end_lead
        else z.first_lead + floor(s.high * (z.end_lead - z.first_lead))
    end::bigint as end_lead
from shares as s
inner join sizes as z on z.workspace_no = s.workspace_no;

-- Segments: rules of the kind that the product stores.
create temporary table demo_segments as
select
    s.*,
    pg_temp.named('segment ' || s.workspace_no || s.name) as id
from (
    values
    (1, 'Hot leads', '{"min_score": 65}'::jsonb, false),
    (1, 'Social media', '{"sources": ["instagram"]}', false),
    (1, 'Companies', '{"company_sizes": ["11-50", "51-200", "201-1000"]}', false),
    (1, 'London', '{"countries": ["GB"]}', false),
    (1, 'Trial week', '{"tags": ["trial"]}', false),
    (2, 'Enterprise', '{"company_sizes": ["201-1000", "1000+"]}', false),
    (2, 'LinkedIn and events', '{"sources": ["linkedin", "event", "webinar"]}', false),
    (2, 'Decision makers', '{"roles": ["CEO", "Founder", "Head of Marketing"]}', false),
    (2, 'Newsletter 2024', '{"tags": ["newsletter"]}', true),
    (3, 'High intent', '{"min_score": 60}', false),
    (3, 'Paid traffic', '{"sources": ["google_ads", "facebook"]}', false),
    (3, 'Homeowners', '{"tags": ["homeowner"]}', false),
    (3, 'Islands', '{"countries": ["ES"]}', false)
) as s (workspace_no, name, filter, is_archived);

-- Whether a lead fits the rule of a segment (the keys used above).
create function pg_temp.in_segment(
    p_filter jsonb,
    p_source text,
    p_country text,
    p_company_size text,
    p_role text,
    p_tags text[],
    p_score numeric
)
returns boolean
language sql
immutable
parallel safe
as $$
    select coalesce(
        (not p_filter ? 'sources' or p_filter -> 'sources' ? p_source)
        and (not p_filter ? 'countries' or p_filter -> 'countries' ? p_country)
        and (not p_filter ? 'company_sizes' or p_filter -> 'company_sizes' ? p_company_size)
        and (not p_filter ? 'roles' or p_filter -> 'roles' ? p_role)
        and (not p_filter ? 'tags' or p_filter -> 'tags' ?| p_tags)
        and (not p_filter ? 'min_score' or p_score >= (p_filter ->> 'min_score')::numeric),
        false
    )
$$;

-- Campaigns: in every round of two weeks one per mailing list, on a day and at an hour of its own,
-- every other one with two variants. A small set has one list, larger ones as demo.leads says; each
-- lead is on one list, so a lead and a round are one campaign.
create temporary table demo_lists as
select
    greatest(round(power(current_setting('demo.leads')::bigint / 20000.0, 0.75)), 1)::integer
        as count;

create temporary table demo_campaigns as
with targets as (
    select
        s.workspace_no,
        s.id,
        s.filter,
        s.name,
        row_number() over (partition by s.workspace_no order by s.name) as no,
        count(*) over (partition by s.workspace_no) as count
    from demo_segments as s
    where not s.is_archived
),

rounds as (
    select
        w.no as workspace_no,
        w.workspace_id,
        g.no as round_no,
        x.no as list_no,
        (
            (w.today - 399 + 10 + 14 * g.no + x.no % 14)::timestamp
            + make_interval(hours => 9 + x.no % 8, mins => 30)
        ) at time zone w.zone as sent_at
    from demo_workspaces as w
    cross join generate_series(0, 27) as g (no)
    cross join demo_lists as l
    cross join generate_series(0, l.count - 1) as x (no)
)

select
    r.workspace_no,
    r.workspace_id,
    r.round_no,
    r.list_no,
    pg_temp.key(r.sent_at, 10, r.workspace_no * 1000 + r.round_no, r.list_no) as id,
    'campaign-' || r.round_no || case when r.list_no > 0 then '-' || r.list_no else '' end
        as external_id,
    to_char(r.sent_at, 'FMMonth YYYY') || ': '
    || (array['news', 'special offer', 'open house', 'customer story'])[
        1 + (r.round_no + r.list_no) % 4
    ]
    || coalesce(' for ' || t.name, '')
    || case when r.list_no > 0 then ', list ' || r.list_no + 1 else '' end as name,
    t.id as segment_id,
    t.filter,
    case when (r.round_no + r.list_no) % 2 = 0 then array['A', 'B'] else '{}' end as variants,
    r.sent_at
from rounds as r
left join targets as t
    on t.workspace_no = r.workspace_no and t.no = (r.round_no + r.list_no) % (t.count + 1);
create unique index demo_people_no on demo_people (no);
create unique index demo_people_user_id on demo_people (user_id);
create unique index demo_wheel_slot on demo_wheel (workspace_no, branch_no, month_no, slot);
analyze demo_people, demo_wheel, demo_calendar, demo_campaigns;
