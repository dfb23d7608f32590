-- Keeps the address of a webhook apart; returns its key.
create function reporting.keep_secret(
    p_workspace_id uuid, p_subscription_id uuid, p_channel text, p_url text, p_signing_key text
)
returns uuid
language sql
volatile
as $$
    insert into reporting.channel_secrets (
        workspace_id, subscription_id, channel, url, signing_key, display
    )
    values (
        p_workspace_id,
        p_subscription_id,
        p_channel,
        p_url,
        case when p_channel = 'webhook' then p_signing_key end,
        reporting.shown_url(p_url)
    )
    returning id
$$;
alter function reporting.keep_secret(uuid, uuid, text, text, text) owner to leadboard_owner;

comment on function reporting.keep_secret(uuid, uuid, text, text, text) is
'Keeps the address of a webhook in reporting.channel_secrets; returns its key.';
