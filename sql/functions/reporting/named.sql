-- A report as it is read: with the names of the people in it, as they are called now. An erased
-- person has none, in old reports neither. Nobody (user_id null) stays nameless.
create function reporting.named(p_report_data jsonb)
returns jsonb
language sql
stable
as $$
    select
        case
            when p_report_data ? 'staff' then p_report_data || jsonb_build_object(
                'staff',
                (
                    select
                        coalesce(
                            jsonb_agg(s.row || jsonb_build_object('name', u.name) order by s.ordinal),
                            '[]'
                        )
                    from jsonb_array_elements(p_report_data -> 'staff') with ordinality
                        as s (row, ordinal)
                    left join crm.users as u on u.id = (s.row ->> 'user_id')::uuid
                )
            )
            else p_report_data
        end
$$;
alter function reporting.named(jsonb) owner to leadboard_owner;

comment on function reporting.named(jsonb) is
'A stored report with the present names of its staff filled in.';
