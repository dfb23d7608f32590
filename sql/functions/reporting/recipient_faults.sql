-- What is wrong with the recipients of a delivery method: field and message. Whether the host of a
-- webhook may be posted to is the service's question, and asked again when it is posted to.
create function reporting.recipient_faults(
    p_method text, p_recipients text[], p_signing_key text, p_known text[]
)
returns table (field text, message text)
language sql
immutable
parallel safe
as $$
    select
        'recipients',
        'Between 1 and 50 recipients.'
    where cardinality(p_recipients) not between 1 and 50
    union all
    select
        format('recipients[%s]', r.ordinal - 1),
        f.message
    from unnest(p_recipients) with ordinality as r (address, ordinal)
    cross join lateral (
        select
            case
                when p_method = 'email' then
                    case
                        when
                            r.address !~ '^[^@[:space:][:cntrl:]<>(),;:"\\]+@[^@[:space:][:cntrl:]<>(),;:"\\]+$'
                            or char_length(r.address) > 320
                            then 'Not an e-mail address.'
                        else reporting.header_fault(r.address)
                    end
                when r.address = any(p_known) then null
                when
                    r.address !~ '^https?://[[:graph:]]+$'
                    or r.address ~ '^https?://[^/]+/\.\.\.[^/]{0,4}$'
                    or char_length(r.address) > 2000
                    then 'Not the address of a webhook.'
            end as message
    ) as f
    where f.message is not null
    union all
    select
        format('recipients[%s]', r.ordinal - 1),
        'Given twice.'
    from (
        select
            k.ordinal,
            row_number() over (partition by lower(k.address) order by k.ordinal) as n
        from unnest(p_recipients) with ordinality as k (address, ordinal)
    ) as r
    where r.n > 1
    union all
    select
        'signing_key',
        'Between 16 and 200 characters, to sign what a webhook gets.'
    where
        p_method = 'webhook'
        and coalesce(char_length(p_signing_key), 0) not between 16 and 200
$$;
alter function reporting.recipient_faults(text, text[], text, text[]) owner to leadboard_owner;

comment on function reporting.recipient_faults(text, text[], text, text[]) is
'What is wrong with recipients for a delivery method; p_known are webhooks, as shown, that are kept already.';
