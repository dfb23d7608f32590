-- What is wrong with a subscription as it would be after a change: field and message.
create function reporting.subscription_faults(
    p_row reporting.subscriptions, p_days text[], p_time text
)
returns table (field text, message text)
language sql
stable
as $$
    select
        f.field,
        f.message
    from (
        values
        ('branch_id', case when p_row.branch_id is null then 'Required.' end),
        ('report_type', case when p_row.report_type is null then 'Required.' end),
        ('delivery_method', case when p_row.delivery_method is null then 'Required.' end),
        (
            'delivery_time',
            case
                when p_time is null then 'Required.'
                when p_time !~ '^([01]\d|2[0-3]):[0-5]\d$' then 'Hours and minutes, like 09:00.'
            end
        ),
        (
            'delivery_days',
            case
                when
                    cardinality(p_days) not between 1 and 7
                    or exists (
                        select from unnest(p_days) as d (name)
                        where reporting.weekday(d.name) is null
                    )
                    then 'Names of weekdays, like Monday.'
            end
        ),
        (
            'timezone',
            case
                when
                    p_row.timezone is not null
                    and not exists (
                        select from pg_catalog.pg_timezone_names as z
                        where z.name = p_row.timezone and z.name !~ '^(posix|right)/'
                    )
                    then 'An IANA time zone, like Europe/Berlin.'
            end
        ),
        (
            'template_id',
            case
                when
                    p_row.template_id is not null
                    and not exists (
                        select from reporting.templates as t
                        where t.workspace_id = p_row.workspace_id and t.id = p_row.template_id
                    )
                    then 'There is no such template.'
            end
        )
    ) as f (field, message)
    where f.message is not null
$$;
alter function reporting.subscription_faults(reporting.subscriptions, text[], text)
owner to leadboard_owner;

comment on function reporting.subscription_faults(reporting.subscriptions, text[], text) is
'What is wrong with a proposed subscription: field and message.';
