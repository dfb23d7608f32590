-- %(reports)s weekly reports of %(branches)s branches of 500 leads, each for somebody else, due
-- since midnight.
with made as (
    insert into reporting.subscriptions (
        workspace_id, branch_id, report_type, delivery_method, delivery_time, delivery_days,
        created_by_user_id, scheduled_since, next_due_at
    )
    select
        %(workspace)s,
        b.id,
        'weekly',
        'email',
        '00:00',
        '{1,2,3,4,5,6,7}',
        m.user_id,
        app.now() - interval '1 day',
        app.now()
    from generate_series(1, %(reports)s) as n
    inner join crm.branches as b
        on b.workspace_id = %(workspace)s and b.name = 'Branch ' || (1 + n %% %(branches)s)
    inner join crm.members as m on m.workspace_id = b.workspace_id and m.role = 'owner'
    returning id
)

insert into reporting.subscription_recipients (workspace_id, subscription_id, position, email)
select
    %(workspace)s,
    m.id,
    1,
    'p' || row_number() over () || '@example.test'
from made as m
