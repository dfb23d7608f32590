-- Replaces the recipients of a subscription. A webhook that stays keeps its row, so that what waits
-- for it still goes out; it may be given in full or as it was shown. Secrets nobody needs are
-- forgotten.
create function reporting.set_recipients(
    p_subscription reporting.subscriptions, p_recipients text[], p_signing_key text
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    s constant reporting.subscriptions := p_subscription;
begin
    delete from reporting.subscription_recipients as r
    where r.workspace_id = s.workspace_id and r.subscription_id = s.id;

    if s.delivery_method = 'email' then
        insert into reporting.subscription_recipients (
            workspace_id, subscription_id, position, email
        )
        select
            s.workspace_id,
            s.id,
            r.ordinal,
            r.address
        from unnest(p_recipients) with ordinality as r (address, ordinal);
    else
        update reporting.channel_secrets as c
        set signing_key = p_signing_key
        where
            c.workspace_id = s.workspace_id
            and c.subscription_id = s.id
            and c.channel = 'webhook'
            and p_signing_key is not null;

        insert into reporting.subscription_recipients (
            workspace_id, subscription_id, position, secret_id
        )
        select
            s.workspace_id,
            s.id,
            r.ordinal,
            coalesce(
                (
                    select c.id
                    from reporting.channel_secrets as c
                    where
                        c.workspace_id = s.workspace_id
                        and c.subscription_id = s.id
                        and c.channel = s.delivery_method
                        and (c.url = r.address or c.display = r.address)
                    order by c.url = r.address desc, c.id
                    limit 1
                ),
                reporting.keep_secret(
                    s.workspace_id, s.id, s.delivery_method, r.address, p_signing_key
                )
            )
        from unnest(p_recipients) with ordinality as r (address, ordinal);
    end if;

    delete from reporting.channel_secrets as c
    where
        c.workspace_id = s.workspace_id
        and c.subscription_id = s.id
        and not exists (
            select from reporting.subscription_recipients as r
            where r.workspace_id = c.workspace_id and r.secret_id = c.id
        );
end
$$;
alter function reporting.set_recipients(reporting.subscriptions, text[], text)
owner to leadboard_owner;

comment on function reporting.set_recipients(reporting.subscriptions, text[], text) is
'Replaces the recipients of a subscription; webhooks that stay keep their secret.';
