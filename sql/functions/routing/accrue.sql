-- Moves credit by one decision: every eligible candidate accrues the share, the chosen partner pays
-- what all accrued, so the sum stays zero, exactly. p_factor 1 books a decision, -1 takes it back,
-- -0.5 half of it. The caller holds the workspace's routing lock.
create function routing.accrue(
    p_workspace_id uuid, p_candidates jsonb, p_chosen_user_id uuid, p_factor numeric
)
returns void
language sql
volatile
as $$
    insert into routing.partner_credit as c (workspace_id, user_id, credit)
    select
        p_workspace_id,
        e.partner_id,
        p_factor * (
            e.share
            - case when e.partner_id = p_chosen_user_id then sum(e.share) over () else 0 end
        )
    from jsonb_to_recordset(p_candidates) as e (partner_id uuid, share numeric)
    where e.share is not null
    order by e.partner_id
    on conflict (workspace_id, user_id) do update
    set credit = c.credit + excluded.credit, updated_at = app.now()
$$;
alter function routing.accrue(uuid, jsonb, uuid, numeric) owner to leadboard_owner;

comment on function routing.accrue(uuid, jsonb, uuid, numeric) is
'Books a decision in the credit of all eligible candidates (1), takes it back (-1) or half of it (-0.5).';
