"""crm.record_events: what each event does, whatever the order, and who may send it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import builders, sessions

NOW = "2026-03-20 12:00+00"

Event = dict[str, object]


class Gym(NamedTuple):
    """A workspace with a branch of Ada (agent), Bo (agent) and Mia (manager), and Zoe elsewhere."""

    id: UUID
    branch: UUID
    other_branch: UUID
    owner: UUID
    mia: UUID
    ada: UUID
    bo: UUID
    zoe: UUID


@pytest.fixture
def gym(tx: psycopg.Connection) -> Gym:
    sessions.freeze(tx, NOW)
    gym = builders.workspace(tx)
    branch = builders.branch(tx, gym, "Centre")
    other = builders.branch(tx, gym, "North")
    people = {
        name: builders.member(
            tx,
            gym,
            role,
            builders.user(tx, name, email=f"{name.lower()}@gym.test"),
            branch_id=where,
            source_system="crm",
            external_id=f"rep-{name.lower()}",
        )
        for name, role, where in [
            ("Olga", "owner", None),
            ("Mia", "manager", branch),
            ("Ada", "agent", branch),
            ("Bo", "agent", branch),
            ("Zoe", "agent", other),
        ]
    }
    return Gym(gym, branch, other, *people.values())


def event(type: str, at: str, **fields: object) -> Event:
    """An event of 19 March 2026 (``at`` is a time of day) or of a full time."""
    when = at if "T" in at else f"2026-03-19T{at}{':00' if len(at) == 5 else ''}Z"
    return {"type": type, "event_id": str(uuid4()), "occurred_at": when} | {
        name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()
    }


def record(
    connection: psycopg.Connection, workspace: UUID, *events: object
) -> list[tuple[str, str | None]]:
    rows = connection.execute(
        "select result, reason from crm.record_events(%s, %s) order by ordinal",
        (workspace, json.dumps(events)),
    ).fetchall()
    return [(result, reason) for result, reason in rows]


def apply(connection: psycopg.Connection, workspace: UUID, *events: Event) -> None:
    """Records events that must all be applied."""
    results = record(connection, workspace, *events)
    assert results == [("applied", None)] * len(events)


def one(connection: psycopg.Connection, query: str, *values: object) -> tuple[object, ...]:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row


def all_rows(
    connection: psycopg.Connection, query: str, *values: object
) -> list[tuple[object, ...]]:
    return connection.execute(query.encode(), values).fetchall()


def moment(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 19, hour, minute, tzinfo=UTC)


def reasons(results: Sequence[tuple[str, str | None]]) -> list[str | None]:
    assert {result for result, _ in results} == {"rejected"}
    return [reason for _, reason in results]


# --- the batch ---


def test_answers_in_order_and_keeps_the_good_ones(tx: psycopg.Connection, gym: Gym) -> None:
    good = event("lead.created", "09:00", external_id="L1", source_system="crm")
    results = record(
        tx,
        gym.id,
        good,
        event("note.created", "09:10", lead_external_id="L9", body="?"),
        good,
        event("note.created", "09:20", lead_external_id="L1", source_system="crm", body="!"),
        "nonsense",
    )
    assert results == [
        ("applied", None),
        ("rejected", 'No such lead: "L9".'),
        ("duplicate", None),
        ("applied", None),
        ("rejected", "An event is an object."),
    ]
    assert one(tx, "select count(*) from crm.notes") == (1,)


def test_repeat_changes_nothing(tx: psycopg.Connection, gym: Gym) -> None:
    events = [
        event("lead.created", "09:00", external_id="L1", owner=gym.ada),
        event("activity.logged", "09:30", lead_external_id="L1", activity_type="sms"),
    ]
    apply(tx, gym.id, *events)
    assert record(tx, gym.id, *events) == [("duplicate", None)] * 2
    assert one(tx, "select count(*) from crm.lead_activities") == (1,)


def test_rejected_event_may_be_sent_again(tx: psycopg.Connection, gym: Gym) -> None:
    note = event("note.created", "09:30", lead_external_id="L1", body="!")
    assert reasons(record(tx, gym.id, note)) == ['No such lead: "L1".']
    apply(tx, gym.id, event("lead.created", "09:00", external_id="L1"), note)


def test_empty_batch_and_no_batch(tx: psycopg.Connection, gym: Gym) -> None:
    assert record(tx, gym.id) == []
    with pytest.raises(psycopg.Error) as error, tx.transaction():
        tx.execute("select crm.record_events(%s, '{}')", (gym.id,))
    assert error.value.sqlstate == "LB400"


def test_unknown_workspace_is_not_found(tx: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error) as error, tx.transaction():
        record(tx, uuid4())
    assert error.value.sqlstate == "LB404"


# --- what is wrong with an event by itself ---


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "lead.sold"}, 'The type "lead.sold" is unknown.'),
        ({"type": None}, "type is missing."),
        ({"event_id": "42"}, "event_id must be a UUID."),
        (
            {"occurred_at": "2026-02-31T09:00:00Z"},
            "occurred_at must be a possible time in the form of RFC 3339, with its offset.",
        ),
        (
            {"occurred_at": "2026-03-19T09:00:00"},
            "occurred_at must be a possible time in the form of RFC 3339, with its offset.",
        ),
        (
            {"occurred_at": "tomorrow"},
            "occurred_at must be a possible time in the form of RFC 3339, with its offset.",
        ),
        ({"occurred_at": "1969-12-31T23:59:59Z"}, "occurred_at lies before 1970."),
        ({"occurred_at": "2026-03-20T12:06:00Z"}, "occurred_at lies in the future."),
        ({"colour": "red"}, 'The field "colour" is unknown for lead.created.'),
        (
            {"status": "converted"},
            (
                'status "converted" is unknown: it must be one of new, accepted, rejected, '
                "contacted, in_progress, qualified, won, lost, completed."
            ),
        ),
        ({"first_name": 7}, "first_name must be a text."),
        ({"first_name": "x" * 201}, "first_name has 201 characters; 200 are allowed."),
        ({"first_name": "x" * 10_000_000}, "first_name has 10000000 characters; 200 are allowed."),
        ({"deal_value": "7"}, "deal_value must be a number."),
        ({"deal_value": 1e15}, "deal_value must be between -999999999999 and 999999999999."),
        ({"tags": "vip"}, "tags must be a list of texts."),
        ({"tags": ["vip", 1]}, "tags must be a list of texts."),
        ({"tags": ["x"] * 101}, "tags has more than 100 entries."),
        (
            {"first_name": "A\x00B"},
            "The event has a NUL character, half a surrogate pair or a number that is too large.",
        ),
        ({"owner": "nobody@gym.test"}, 'No such member: "nobody@gym.test".'),
        ({"industry": "Alchemy"}, 'No such industry: "Alchemy".'),
        ({"branch": "South"}, 'No such branch: "South".'),
    ],
)
def test_bad_event_says_why(
    tx: psycopg.Connection, gym: Gym, change: dict[str, object], reason: str
) -> None:
    good = event("lead.created", "09:00", external_id="good")
    bad = event("lead.created", "09:00", external_id="bad") | change
    assert record(tx, gym.id, bad, good) == [("rejected", reason), ("applied", None)]
    assert all_rows(tx, "select external_id from crm.leads") == [("good",)]
    assert one(tx, "select count(*) from crm.events") == (1,)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (event("note.created", "09:00", body="x"), "lead_id or lead_external_id is missing."),
        (event("note.created", "09:00", lead_external_id="L1"), "body is missing."),
        (event("note.created", "09:00", lead_external_id="L1", body=" "), "body is empty."),
        (
            event("lead.assigned", "09:00", lead_external_id="L1"),
            "owner is missing: a member, or null for nobody.",
        ),
        (
            event("lead.updated", "09:00", lead_external_id="L1"),
            "lead.updated names no field to update.",
        ),
        (
            event("feedback.given", "09:00", lead_external_id="L1", rating=6),
            "rating must be between 1 and 5.",
        ),
        (
            event("feedback.given", "09:00", lead_external_id="L1", rating=4.5),
            "rating must be a whole number.",
        ),
        (
            event("activity.logged", "09:00", lead_external_id="L1", activity_type="Sent SMS"),
            "activity_type must be up to 60 of a-z, 0-9 and _, and begin with a letter.",
        ),
        (
            event(
                "activity.logged", "09:00", lead_external_id="L1", activity_type="x", metadata=[]
            ),
            "metadata must be an object.",
        ),
        (
            event(
                "activity.logged",
                "09:00",
                lead_external_id="L1",
                activity_type="campaign_replied",
                metadata={"campaign_id": "C1"},
            ),
            'activity_type "campaign_replied" is written down by the event that it records.',
        ),
        (
            event(
                "activity.logged",
                "09:00",
                lead_external_id="L1",
                activity_type="x",
                metadata={"a": list(range(20000))},
            ),
            "metadata is larger than 65536 bytes.",
        ),
        (
            event("call.logged", "09:00", direction="outbound", status="busy"),
            'status "busy" is unknown: it must be one of completed, missed, failed.',
        ),
        (
            event("campaign.sent", "09:00", lead_external_id="L1"),
            "campaign_id or campaign_external_id is missing.",
        ),
        (
            event("campaign.sent", "09:00", lead_external_id="L1", campaign_external_id="C1"),
            'No such campaign: "C1".',
        ),
        (
            event("ticket.opened", "09:00", lead_external_id="L1", ticket_type="x", upheld="yes"),
            "upheld must be true or false.",
        ),
        (event("task.completed", "09:00", task_external_id="T1"), 'No such task: "T1".'),
    ],
)
def test_missing_and_mistyped_fields(
    tx: psycopg.Connection, gym: Gym, bad: Event, reason: str
) -> None:
    apply(tx, gym.id, event("lead.created", "08:00", external_id="L1"))
    assert record(tx, gym.id, bad) == [("rejected", reason)]


def test_several_faults_are_named_together(tx: psycopg.Connection, gym: Gym) -> None:
    bad = event("lead.created", "09:00", score="high", tags=1)
    assert reasons(record(tx, gym.id, bad)) == [
        "score must be a number. tags must be a list of texts."
    ]


# --- leads ---


def test_created_lead_has_everything_the_event_says(tx: psycopg.Connection, gym: Gym) -> None:
    builders.industry(tx, "Fitness")
    apply(
        tx,
        gym.id,
        event(
            "lead.created",
            "09:00",
            source_system="crm",
            external_id="L1",
            owner="rep-ada",
            created_by="BO@gym.test",
            actor=str(gym.mia),
            branch="Centre",
            source="web",
            industry="Fitness",
            first_name=" Eva ",
            tags=["vip"],
            deal_value=12.5,
        ),
    )
    assert one(
        tx,
        """
        select owner_user_id, created_by_user_id, changed_by_user_id, branch_id, source, first_name,
               tags, deal_value::float, created_at, assigned_at, status, source_system
        from crm.leads
        """,
    ) == (
        gym.ada,
        gym.bo,
        gym.mia,
        gym.branch,
        "web",
        "Eva",
        ["vip"],
        12.5,
        moment(9),
        moment(9),
        "new",
        "crm",
    )


def test_lead_that_exists_is_not_created_again(tx: psycopg.Connection, gym: Gym) -> None:
    apply(tx, gym.id, event("lead.created", "09:00", external_id="L1"))
    again = event("lead.created", "10:00", external_id="L1")
    assert reasons(record(tx, gym.id, again)) == [
        "A lead with this external_id or lead_id exists already; send lead.updated."
    ]


@pytest.mark.parametrize("in_order", [True, False])
def test_status_changes_in_any_order(tx: psycopg.Connection, gym: Gym, *, in_order: bool) -> None:
    apply(tx, gym.id, event("lead.created", "08:00", external_id="L1", owner=gym.ada))
    changes = [
        event("lead.status_changed", "09:00", lead_external_id="L1", status="contacted"),
        event("lead.status_changed", "10:00", lead_external_id="L1", status="qualified"),
        event("lead.status_changed", "11:00", lead_external_id="L1", status="won", deal_value=99),
    ]
    apply(tx, gym.id, *(changes if in_order else reversed(changes)))
    assert one(
        tx,
        """
        select status, status_changed_at, first_contact_at, interested_at, won_at, deal_value::int
        from crm.leads
        """,
    ) == ("won", moment(11), moment(9), moment(10), moment(11), 99)
    assert all_rows(
        tx, "select status, changed_at from crm.lead_status_history order by changed_at"
    ) == [
        ("new", moment(8)),
        ("contacted", moment(9)),
        ("qualified", moment(10)),
        ("won", moment(11)),
    ]
    assert all_rows(
        tx,
        """
        select type, occurred_at from crm.lead_activities
        where type <> 'lead_updated' order by occurred_at
        """,
    ) == [
        ("status_change_contacted", moment(9)),
        ("status_change", moment(10)),
        ("conversion", moment(11)),
    ]


def test_late_status_gives_the_earliest_stage_time(tx: psycopg.Connection, gym: Gym) -> None:
    # Won at 9, lost at 10, won again at 12; told in the order lost, won, won.
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event("lead.status_changed", "10:00", lead_external_id="L1", status="lost"),
        event("lead.status_changed", "12:00", lead_external_id="L1", status="won"),
        event("lead.status_changed", "09:00", lead_external_id="L1", status="won"),
    )
    assert one(tx, "select status, won_at, lost_at, status_changed_at from crm.leads") == (
        "won",
        moment(9),
        moment(10),
        moment(12),
    )


def test_status_before_the_lead_came_in(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "09:00", external_id="L1"),
        event("lead.status_changed", "08:59", lead_external_id="L1", status="won"),
    )
    assert one(tx, "select status, won_at from crm.leads") == ("won", moment(8, 59))


def test_same_status_again_is_no_change(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event("lead.status_changed", "09:00", lead_external_id="L1", status="lost"),
        event("lead.status_changed", "10:00", lead_external_id="L1", status="lost"),
    )
    assert one(tx, "select lost_at, status_changed_at from crm.leads") == (moment(9), moment(9))
    assert one(tx, "select count(*) from crm.lead_status_history") == (2,)


Ownership = list[tuple[UUID | None, datetime, datetime | None]]


def ownership(connection: psycopg.Connection) -> Ownership:
    return connection.execute(
        "select user_id, lower(during), upper(during) from crm.lead_ownership order by during"
    ).fetchall()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_assignments_in_any_order(
    tx: psycopg.Connection, gym: Gym, order: tuple[int, int, int]
) -> None:
    apply(tx, gym.id, event("lead.created", "08:00", external_id="L1"))
    assignments = [
        event("lead.assigned", "09:00", lead_external_id="L1", owner=gym.ada),
        event("lead.assigned", "10:00", lead_external_id="L1", owner=gym.bo),
        event("lead.assigned", "11:00", lead_external_id="L1", owner=gym.zoe),
    ]
    apply(tx, gym.id, *(assignments[number] for number in order))
    assert one(tx, "select owner_user_id, credited_user_id, assigned_at from crm.leads") == (
        gym.zoe,
        gym.zoe,
        moment(11),
    )
    assert ownership(tx) == [
        (None, moment(8), moment(9)),
        (gym.ada, moment(9), moment(10)),
        (gym.bo, moment(10), moment(11)),
        (gym.zoe, moment(11), None),
    ]
    assert one(tx, "select count(*) from crm.lead_activities where type = 'assignment'") == (3,)


def test_late_assignment_to_the_present_owner_moves_the_stretch(
    tx: psycopg.Connection, gym: Gym
) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event("lead.assigned", "11:00", lead_external_id="L1", owner=gym.ada),
        event("lead.assigned", "09:00", lead_external_id="L1", owner=gym.ada),
        event("lead.assigned", "12:00", lead_external_id="L1", owner=gym.ada),
    )
    assert one(tx, "select assigned_at from crm.leads") == (moment(9),)
    assert ownership(tx) == [(None, moment(8), moment(9)), (gym.ada, moment(9), None)]


def test_released_lead(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", owner=gym.ada, created_by=gym.bo),
        event("lead.assigned", "10:00", lead_external_id="L1", owner=None, actor=gym.mia),
    )
    assert one(
        tx, "select owner_user_id, credited_user_id, owner_basis, assigned_at from crm.leads"
    ) == (None, gym.bo, "creator", None)
    assert ownership(tx) == [(gym.ada, moment(8), moment(10)), (None, moment(10), None)]
    assert one(
        tx,
        "select occurred_at, actor_user_id from crm.lead_activities where type = 'assignment'",
    ) == (moment(10), gym.mia)


def test_assignment_before_the_lead_came_in(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "09:00", external_id="L1"),
        event("lead.assigned", "08:59", lead_external_id="L1", owner=gym.ada),
        event("lead.created", "09:00", external_id="L2", owner=gym.bo),
        event("lead.assigned", "08:59", lead_external_id="L2", owner=gym.ada),
    )
    assert all_rows(tx, "select external_id, owner_user_id from crm.leads order by 1") == [
        ("L1", gym.ada),
        ("L2", gym.bo),
    ]


@pytest.mark.parametrize("in_order", [True, False])
def test_updates_in_any_order(tx: psycopg.Connection, gym: Gym, *, in_order: bool) -> None:
    apply(tx, gym.id, event("lead.created", "08:00", external_id="L1", first_name="Eva"))
    updates = [
        event("lead.updated", "09:00", lead_external_id="L1", phone="1", company="Old"),
        event("lead.updated", "10:00", lead_external_id="L1", company="New", first_name=None),
    ]
    apply(tx, gym.id, *(updates if in_order else reversed(updates)))
    assert one(tx, "select first_name, company, phone from crm.leads") == (None, "New", "1")


# --- work ---


def test_late_contact_sets_the_first_contact(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event("activity.logged", "10:00", lead_external_id="L1", activity_type="sms", actor=gym.bo),
        event(
            "activity.logged",
            "09:00",
            lead_external_id="L1",
            activity_type="email_sent",
            actor=gym.ada,
            title="Hello",
            description="Hi",
            duration_seconds=5,
            metadata={"a": 1},
        ),
    )
    assert one(tx, "select first_contact_at, credited_user_id, owner_basis from crm.leads") == (
        moment(9),
        gym.ada,
        "first_actor",
    )
    assert one(
        tx,
        """
        select actor_user_id, title, description, duration_seconds, metadata,
               recorded_at = app.now()
        from crm.lead_activities where type = 'email_sent'
        """,
    ) == (gym.ada, "Hello", "Hi", 5, {"a": 1}, True)


def test_call_about_a_lead_is_a_contact_in_its_branch(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", branch="North"),
        event(
            "call.logged",
            "09:00",
            lead_external_id="L1",
            actor=gym.zoe,
            direction="outbound",
            status="completed",
            outcome="interested",
            duration_seconds=60,
        ),
        event("call.logged", "09:30", direction="inbound", status="missed", branch="Centre"),
    )
    assert all_rows(
        tx, "select branch_id, user_id, duration_seconds from crm.call_logs order by started_at"
    ) == [(gym.other_branch, gym.zoe, 60), (gym.branch, None, 0)]
    assert one(tx, "select first_contact_at from crm.leads") == (moment(9),)


def test_task_is_completed_once_at_the_earlier_time(tx: psycopg.Connection, gym: Gym) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event(
            "task.created",
            "09:00",
            lead_external_id="L1",
            external_id="T1",
            actor=gym.mia,
            assigned_to=gym.ada,
            due_at="2026-04-01T12:00:00+02:00",
        ),
        event("task.completed", "11:00", task_external_id="T1"),
        event("task.completed", "10:00", task_external_id="T1", actor=gym.bo),
        event("task.completed", "12:00", task_external_id="T1", actor=gym.mia),
    )
    assert one(
        tx,
        """
        select created_by_user_id, assigned_to_user_id, completed_by_user_id, completed_at, due_at
        from crm.tasks
        """,
    ) == (gym.mia, gym.ada, gym.bo, moment(10), datetime(2026, 4, 1, 10, tzinfo=UTC))


def test_cancelled_task_cannot_be_completed(tx: psycopg.Connection, gym: Gym) -> None:
    lead = builders.lead(tx, gym.id)
    task = builders.task(tx, gym.id, lead, cancelled_at=NOW)
    done = event("task.completed", "10:00", task_id=task)
    assert reasons(record(tx, gym.id, done)) == ["The task was cancelled."]


# --- campaigns ---


def campaign_events() -> dict[str, Event]:
    names = {"campaign_external_id": "C1", "lead_external_id": "L1"}
    return {
        "early reply": event("campaign.replied", "08:30", **names),
        "sent": event("campaign.sent", "09:00", variant="B", **names),
        "machine": event("campaign.opened", "09:01", machine=True, **names),
        "auto": event("campaign.replied", "09:02", auto_reply=True, **names),
        "opened": event("campaign.opened", "10:00", **names),
        "opened again": event("campaign.opened", "10:30", **names),
        "clicked": event("campaign.clicked", "10:05", **names),
        "replied": event("campaign.replied", "11:00", **names),
        "replied again": event("campaign.replied", "11:30", **names),
        "sent again": event("campaign.sent", "12:00", variant="A", **names),
    }


@pytest.mark.parametrize("seed", range(6))
def test_campaign_events_in_any_order(tx: psycopg.Connection, gym: Gym, seed: int) -> None:
    builders.segment(tx, gym.id, "Vips", version=3)
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", owner=gym.ada),
        event("campaign.created", "08:00", external_id="C1", name="Spring", segment="Vips"),
        event("lead.assigned", "09:30", lead_external_id="L1", owner=gym.bo),
    )
    events = list(campaign_events().values())
    # Rotations and a mirror image: each event comes first, last and in between.
    shuffled = events[2 * seed :] + events[: 2 * seed]
    apply(tx, gym.id, *(shuffled if seed % 2 else reversed(shuffled)))
    assert one(
        tx,
        """
        select owner_at_send, variant, sent_at, first_opened_at, machine_opened, first_clicked_at,
               first_replied_at, bounced_at
        from crm.campaign_leads
        """,
    ) == (gym.ada, "B", moment(9), moment(10), True, moment(10, 5), moment(11), None)
    assert all_rows(
        tx,
        """
        select type, count(*) from crm.lead_activities
        where type like 'campaign%%' and metadata ? 'campaign_id' group by 1 order by 1
        """,
    ) == [
        ("campaign_clicked", 1),
        ("campaign_opened", 3),
        ("campaign_replied", 4),
        ("campaign_sent", 2),
    ]
    assert all_rows(tx, "select segment_version, sent_at from crm.campaign_lead_segments") == [
        (3, moment(9))
    ]


def test_outcomes_wait_for_the_sending(tx: psycopg.Connection, gym: Gym) -> None:
    names = {"campaign_external_id": "C1", "lead_external_id": "L1"}
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", owner=gym.ada),
        event("campaign.created", "08:00", external_id="C1", name="Spring"),
        event("campaign.bounced", "09:05", bounce_kind="soft", **names),
        event("campaign.replied", "08:59", **names),
    )
    waiting = "select sent_at, bounced_at, bounce_kind, first_replied_at from crm.campaign_leads"
    assert one(tx, waiting) == (None, moment(9, 5), "soft", moment(8, 59))
    apply(tx, gym.id, event("campaign.sent", "09:00", **names))
    assert one(tx, waiting) == (moment(9), moment(9, 5), "soft", None)


def test_delivery(tx: psycopg.Connection, gym: Gym) -> None:
    names = {"campaign_external_id": "C1", "lead_external_id": "L1"}
    created = [
        event("lead.created", "08:00", external_id="L1", owner=gym.ada),
        event("campaign.created", "08:00", external_id="C1", name="Spring"),
    ]
    outcomes = [
        # Before it was sent: of a test message. Kept, not counted.
        event("campaign.delivered", "08:59", **names),
        event("campaign.sent", "09:00", **names),
        event("campaign.delivered", "09:07", **names),
        event("campaign.delivered", "09:03", **names),
    ]
    apply(tx, gym.id, *created)
    for order in permutations(outcomes):
        with tx.transaction(force_rollback=True):
            apply(tx, gym.id, *order)
            assert one(tx, "select sent_at, delivered_at from crm.campaign_leads") == (
                moment(9),
                moment(9, 3),
            )
    # A delivery alone waits for its sending; one that the sending itself tells counts as well.
    apply(tx, gym.id, outcomes[2])
    assert one(tx, "select sent_at, delivered_at from crm.campaign_leads") == (None, moment(9, 7))
    told = event("campaign.sent", "09:00", delivered_at="2026-03-19T09:05:00Z", **names)
    apply(tx, gym.id, told)
    assert one(tx, "select delivered_at from crm.campaign_leads") == (moment(9, 5),)


def test_no_outcome_depends_on_the_order(tx: psycopg.Connection, gym: Gym) -> None:
    """Every order of what is early, late, doubled and said differently: one recipient."""
    names = {"campaign_external_id": "C1", "lead_external_id": "L1"}
    apply(
        tx,
        gym.id,
        event("lead.created", "07:00", external_id="L1", owner=gym.ada),
        event("campaign.created", "07:00", external_id="C1", name="Spring"),
    )
    batches = [
        # A machine, and a hard bounce, before it was sent.
        (
            [
                event("campaign.opened", "08:00", machine=True, **names),
                event("campaign.bounced", "08:01", bounce_kind="hard", **names),
                event("campaign.bounced", "09:05", bounce_kind="soft", **names),
                event("campaign.sent", "09:00", **names),
                event("campaign.sent", "12:00", variant="A", **names),
            ],
            ("", moment(9), None, False, None, None, moment(9, 5), "soft"),
        ),
        # Of two sendings at one moment the one that names a variant tells it.
        (
            [
                event("campaign.sent", "09:00", variant="B", **names),
                event("campaign.sent", "09:00", **names),
                event("campaign.replied", "08:59:59", **names),
                event("campaign.replied", "09:00", auto_reply=True, **names),
                event("campaign.replied", "10:00", auto_reply=False, **names),
            ],
            ("B", moment(9), None, False, None, moment(10), None, None),
        ),
    ]
    for events, expected in batches:
        for order in permutations(events):
            with tx.transaction(force_rollback=True):
                apply(tx, gym.id, *order)
                found = one(
                    tx,
                    """
                    select variant, sent_at, first_opened_at, machine_opened, first_clicked_at,
                        first_replied_at, bounced_at, bounce_kind
                    from crm.campaign_leads
                    """,
                )
                assert found == expected, [e["type"] for e in order]


def test_segments_of_a_sending(tx: psycopg.Connection, gym: Gym) -> None:
    builders.segment(tx, gym.id, "Vips")
    builders.segment(tx, gym.id, "Old")
    names = {"campaign_external_id": "C1", "lead_external_id": "L1"}
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1"),
        event("campaign.created", "08:00", external_id="C1", name="Spring", segment="Vips"),
        event("campaign.sent", "09:00", segments=["Old"], **names),
    )
    assert all_rows(
        tx,
        """
        select s.name from crm.campaign_lead_segments as c
        inner join crm.segments as s on s.workspace_id = c.workspace_id and s.id = c.segment_id
        """,
    ) == [("Old",)]
    unknown = event("campaign.sent", "09:00", segments=["New"], **names)
    assert reasons(record(tx, gym.id, unknown)) == ['No such segment: "New".']


# --- customers ---


def test_feedback_and_tickets_are_about_who_had_the_lead_then(
    tx: psycopg.Connection, gym: Gym
) -> None:
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", owner=gym.ada),
        event("lead.assigned", "10:00", lead_external_id="L1", owner=gym.bo),
        event("feedback.given", "09:00", lead_external_id="L1", rating=4, comment="Good"),
        event("feedback.given", "11:00", lead_external_id="L1", rating=2),
        event("feedback.given", "11:30", lead_external_id="L1", rating=1, user=gym.zoe),
        event(
            "ticket.opened", "09:30", lead_external_id="L1", ticket_type="complaint", upheld=True
        ),
    )
    assert all_rows(tx, "select user_id, rating from crm.lead_feedback order by created_at") == [
        (gym.ada, 4),
        (gym.bo, 2),
        (gym.zoe, 1),
    ]
    assert one(tx, "select user_id, type, status, upheld from crm.support_tickets") == (
        gym.ada,
        "complaint",
        "open",
        True,
    )


# --- who may ---


def as_service(tx: psycopg.Connection, gym: Gym, user: UUID, *events: Event) -> list[str | None]:
    """Results as the service gets them for a user: None for applied, else the reason."""
    with sessions.as_login(tx, "leadboard_api"), sessions.as_user(tx, user):
        results = record(tx, gym.id, *events)
    return [reason for _, reason in results]


@pytest.fixture
def leads(tx: psycopg.Connection, gym: Gym) -> None:
    """L-ada and L-bo in the branch, L-zoe elsewhere."""
    for name, owner, branch in [
        ("ada", gym.ada, gym.branch),
        ("bo", gym.bo, gym.branch),
        ("zoe", gym.zoe, gym.other_branch),
    ]:
        builders.lead(tx, gym.id, owner, branch_id=branch, external_id=f"L-{name}")


@pytest.mark.usefixtures("leads")
def test_agent_acts_as_themselves_on_own_leads(tx: psycopg.Connection, gym: Gym) -> None:
    def note(lead: str, **fields: object) -> Event:
        return event("note.created", "09:00", lead_external_id=lead, body="x", **fields)

    assert as_service(
        tx,
        gym,
        gym.ada,
        note("L-ada"),
        note("L-ada", actor=gym.ada),
        note("L-ada", actor=gym.bo),
        note("L-bo"),
        note("L-none"),
        event("lead.assigned", "09:00", lead_external_id="L-ada", owner=gym.ada),
        event("feedback.given", "09:00", lead_external_id="L-ada", rating=5),
        event("campaign.replied", "09:00", lead_external_id="L-ada", campaign_external_id="C"),
        event("lead.created", "09:00", external_id="N1", owner=gym.bo),
        event("lead.created", "09:00", external_id="N2", owner=gym.ada),
        event("lead.created", "09:00", external_id="N3"),
        event("lead.updated", "09:00", lead_external_id="L-ada", branch="North"),
        event("lead.updated", "09:00", lead_external_id="L-ada", price_at_purchase=1),
        event("lead.updated", "09:00", lead_external_id="L-ada", deal_value=1),
    ) == [
        None,
        None,
        f'No such member: "{gym.bo}".',
        'No such lead: "L-bo".',
        'No such lead: "L-none".',
        "Your role may not send lead.assigned.",
        "Your role may not send feedback.given.",
        "Your role may not send campaign.replied.",
        f'No such member: "{gym.bo}".',
        None,
        None,
        "Your role may not set branch and price_at_purchase.",
        "Your role may not set branch and price_at_purchase.",
        None,
    ]
    assert all_rows(tx, "select distinct created_by_user_id from crm.notes") == [(gym.ada,)]
    assert all_rows(
        tx,
        """
        select owner_user_id, created_by_user_id, branch_id from crm.leads
        where external_id like 'N%%' order by external_id
        """,
    ) == [(gym.ada, gym.ada, gym.branch), (None, gym.ada, gym.branch)]
    assert one(tx, "select count(*), count(distinct user_id) from crm.events") == (5, 1)


@pytest.mark.usefixtures("leads")
def test_manager_acts_in_the_own_branch(tx: psycopg.Connection, gym: Gym) -> None:
    assert as_service(
        tx,
        gym,
        gym.mia,
        event("lead.assigned", "09:00", lead_external_id="L-ada", owner=gym.bo),
        event("lead.assigned", "09:00", lead_external_id="L-ada", owner=gym.zoe),
        event("lead.assigned", "09:00", lead_external_id="L-zoe", owner=gym.bo),
        event("feedback.given", "09:00", lead_external_id="L-bo", rating=5),
        event("lead.updated", "09:00", lead_external_id="L-bo", branch="North"),
        event("lead.created", "09:00", external_id="N1", owner=gym.ada),
    ) == [
        None,
        f'No such member: "{gym.zoe}".',
        'No such lead: "L-zoe".',
        None,
        'No such branch: "North".',
        None,
    ]
    assert one(tx, "select branch_id from crm.leads where external_id = 'N1'") == (gym.branch,)


@pytest.mark.usefixtures("leads")
def test_owner_acts_everywhere(tx: psycopg.Connection, gym: Gym) -> None:
    assert as_service(
        tx,
        gym,
        gym.owner,
        event("lead.assigned", "09:00", lead_external_id="L-zoe", owner=gym.bo),
        event(
            "note.created",
            "09:10",
            lead_external_id="L-bo",
            body="x",
            actor="rep-ada",
            source_system="leadboard",
        ),
        event("note.created", "09:20", lead_external_id="L-bo", body="x"),
    ) == [None, 'No such member: "rep-ada".', None]
    assert one(tx, "select created_by_user_id from crm.notes") == (None,)


def test_stranger_and_anonymous_find_no_workspace(tx: psycopg.Connection, gym: Gym) -> None:
    stranger = builders.member(tx, builders.workspace(tx, "Other"), "owner")
    for user in (stranger, uuid4(), None):
        with (
            pytest.raises(psycopg.Error) as error,
            tx.transaction(),
            sessions.as_login(tx, "leadboard_api"),
            sessions.as_user(tx, user),
        ):
            record(tx, gym.id)
        assert error.value.sqlstate == "LB404"


def test_batch_of_a_person_is_bounded(tx: psycopg.Connection, gym: Gym) -> None:
    with (
        pytest.raises(psycopg.Error) as error,
        tx.transaction(),
        sessions.as_login(tx, "leadboard_api"),
        sessions.as_user(tx, gym.owner),
    ):
        record(tx, gym.id, *([0] * 1001))
    assert error.value.sqlstate == "LB413"


def test_erased_lead_keeps_no_new_identity(tx: psycopg.Connection, gym: Gym) -> None:
    builders.lead(tx, gym.id, external_id="L1", erased_at=NOW)
    update = event("lead.updated", "09:00", lead_external_id="L1", email="a@b.test")
    assert reasons(record(tx, gym.id, update)) == ["This lead was erased."]
