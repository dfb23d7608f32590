-- GET /api/routing/leads/{lead_id}/explanation: every decision about a lead, first to last, in a
-- sentence and in parts.
create function service.lead_explanation(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_lead_id uuid, p_language text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := json_build_object(
        'lead_id', p_lead_id,
        'language', p_language,
        'decisions', routing.explain_lead(
            (service.enter(p_user_id, p_workspace_id)).workspace_id, p_lead_id, p_language
        )
    );
    etag := service.etag('explanation', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.lead_explanation(uuid, text, uuid, uuid, text) owner to leadboard_view;
grant execute on function service.lead_explanation(uuid, text, uuid, uuid, text) to leadboard_api;

comment on function service.lead_explanation(uuid, text, uuid, uuid, text) is
'GET /api/routing/leads/{lead_id}/explanation: all decisions about a lead explained; owners and admins only.';
