"""First contact and first actor of a lead, kept by its activities."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import at, change, credit, first_contact
from tests.sessions import freeze

CONTACTS = ["phone_call", "email_sent", "whatsapp", "sms", "meeting", "status_change_contacted"]


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, at("03-20 12:00"))
    return make.workspace(tx)


@pytest.fixture
def ann(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


@pytest.fixture
def bob(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


@pytest.mark.parametrize("type", CONTACTS)
def test_contact_sets_the_time_of_the_event(
    tx: psycopg.Connection, gym: UUID, ann: UUID, type: str
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, type, at("03-05 10:00"))
    assert first_contact(tx, lead) == "03-05 10:00"


@pytest.mark.parametrize("type", ["note", "created", "assignment", "status_change", "conversion"])
def test_other_activities_are_no_contact(
    tx: psycopg.Connection, gym: UUID, ann: UUID, type: str
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, type, at("03-05 10:00"))
    assert first_contact(tx, lead) is None


def test_earliest_contact_counts_in_whatever_order_it_is_logged(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    seen: list[str | None] = []
    for when in ("03-06 10:00", "03-08 10:00", "03-04 10:00", "03-05 10:00"):
        make.activity(tx, gym, lead, ann, "sms", at(when))
        seen.append(first_contact(tx, lead))
    assert seen == ["03-06 10:00", "03-06 10:00", "03-04 10:00", "03-04 10:00"]


def test_contact_before_the_lead_came_in_keeps_its_time(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, "sms", at("03-01 10:00"))
    assert first_contact(tx, lead) == "03-01 10:00"


def test_deleting_the_first_contact_leaves_the_next(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    second = make.activity(tx, gym, lead, ann, "sms", at("03-05 10:00"))
    first = make.activity(tx, gym, lead, ann, "sms", at("03-04 10:00"))
    note = make.activity(tx, gym, lead, ann, "note", at("03-03 10:00"))
    seen: list[str | None] = []
    for activity in (note, first, second):
        tx.execute("delete from crm.lead_activities where id = %s", (activity,))
        seen.append(first_contact(tx, lead))
    assert seen == ["03-04 10:00", "03-05 10:00", None]


def test_deleting_another_contact_changes_nothing(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, "sms", at("03-04 10:00"))
    twin = make.activity(tx, gym, lead, ann, "phone_call", at("03-04 10:00"))
    later = make.activity(tx, gym, lead, ann, "sms", at("03-06 10:00"))
    for activity in (later, twin):
        tx.execute("delete from crm.lead_activities where id = %s", (activity,))
        assert first_contact(tx, lead) == "03-04 10:00"


def test_moving_a_contact_settles_both_leads(tx: psycopg.Connection, gym: UUID, ann: UUID) -> None:
    here, there = make.lead(tx, gym, ann), make.lead(tx, gym, ann)
    moved = make.activity(tx, gym, here, ann, "sms", at("03-04 10:00"))
    make.activity(tx, gym, here, ann, "sms", at("03-06 10:00"))
    make.activity(tx, gym, there, ann, "sms", at("03-05 10:00"))
    tx.execute("update crm.lead_activities set lead_id = %s where id = %s", (there, moved))
    assert first_contact(tx, here) == "03-06 10:00"
    assert first_contact(tx, there) == "03-04 10:00"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        # A contact at 03-04 and one at 03-06; the first one changes.
        ("occurred_at", at("03-03 10:00"), "03-03 10:00"),
        ("occurred_at", at("03-05 10:00"), "03-05 10:00"),
        ("occurred_at", at("03-09 10:00"), "03-06 10:00"),
        ("type", "note", "03-06 10:00"),
        ("type", "meeting", "03-04 10:00"),
        ("title", "Talked", "03-04 10:00"),
    ],
)
def test_changed_contact(
    tx: psycopg.Connection, gym: UUID, ann: UUID, column: LiteralString, value: str, expected: str
) -> None:
    lead = make.lead(tx, gym, ann)
    first = make.activity(tx, gym, lead, ann, "sms", at("03-04 10:00"))
    make.activity(tx, gym, lead, ann, "sms", at("03-06 10:00"))
    tx.execute(
        f"update crm.lead_activities set {column} = %s where id = %s",  # noqa: S608
        (value, first),
    )
    assert first_contact(tx, lead) == expected


def test_note_that_becomes_a_contact(tx: psycopg.Connection, gym: UUID, ann: UUID) -> None:
    lead = make.lead(tx, gym, ann)
    note = make.activity(tx, gym, lead, ann, "note", at("03-04 10:00"))
    tx.execute("update crm.lead_activities set type = 'meeting' where id = %s", (note,))
    assert first_contact(tx, lead) == "03-04 10:00"


def test_time_given_by_a_writer_stays_unless_a_contact_was_earlier(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann, first_contact_at=at("03-05 10:00"))
    later = make.activity(tx, gym, lead, ann, "sms", at("03-06 10:00"))
    assert first_contact(tx, lead) == "03-05 10:00"
    tx.execute("delete from crm.lead_activities where id = %s", (later,))
    assert first_contact(tx, lead) == "03-05 10:00"
    make.activity(tx, gym, lead, ann, "sms", at("03-04 10:00"))
    assert first_contact(tx, lead) == "03-04 10:00"


def test_writer_cannot_date_the_first_contact_after_a_known_one(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, "sms", at("03-05 10:00"))
    seen: list[str | None] = []
    for when in (at("03-06 10:00"), None, at("03-04 10:00"), None):
        change(tx, lead, first_contact_at=when)
        seen.append(first_contact(tx, lead))
    assert seen == ["03-05 10:00", "03-05 10:00", "03-04 10:00", "03-05 10:00"]


def test_change_to_contacted_is_a_contact_at_its_time(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, "sms", at("03-06 10:00"))
    change(tx, lead, status="contacted", status_changed_at=at("03-05 10:00"))
    assert first_contact(tx, lead) == "03-05 10:00"


def test_first_actor_is_credited_for_a_lead_without_owner_and_creator(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(tx, gym)
    # A system acted first; it credits nobody.
    make.activity(tx, gym, lead, None, "email_sent", at("03-03 10:00"))
    assert credit(tx, lead) == (None, "nobody")
    later = make.activity(tx, gym, lead, ann, "note", at("03-06 10:00"))
    assert credit(tx, lead) == (ann, "first_actor")
    # Logged late, happened earlier.
    earlier = make.activity(tx, gym, lead, bob, "note", at("03-05 10:00"))
    assert credit(tx, lead) == (bob, "first_actor")
    tx.execute(
        "update crm.lead_activities set occurred_at = %s where id = %s",
        (at("03-07 10:00"), earlier),
    )
    assert credit(tx, lead) == (ann, "first_actor")
    tx.execute("update crm.lead_activities set actor_user_id = null where id = %s", (later,))
    assert credit(tx, lead) == (bob, "first_actor")
    tx.execute("delete from crm.lead_activities where id = %s", (earlier,))
    assert credit(tx, lead) == (None, "nobody")


def test_tie_goes_to_the_smaller_id(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(tx, gym)
    first, second = make.new_id(), make.new_id()
    make.activity(tx, gym, lead, ann, "note", at("03-05 10:00"), id=second)
    make.activity(tx, gym, lead, bob, "note", at("03-05 10:00"), id=first)
    assert credit(tx, lead) == (bob, "first_actor")


def test_first_actor_gives_way_to_an_owner_and_comes_back(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(tx, gym)
    make.activity(tx, gym, lead, ann, "sms", at("03-05 10:00"))
    change(tx, lead, owner_user_id=bob)
    assert credit(tx, lead) == (bob, "owner")
    change(tx, lead, owner_user_id=None)
    assert credit(tx, lead) == (ann, "first_actor")


def test_activity_of_a_trigger_without_a_person_credits_nobody(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym)
    change(tx, lead, status="contacted")
    assert credit(tx, lead) == (None, "nobody")
    # With a person it is that person's act.
    change(tx, lead, status="qualified", changed_by_user_id=ann)
    assert credit(tx, lead) == (ann, "first_actor")


def test_owned_lead_is_not_credited_to_its_actors(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    owned = make.lead(tx, gym, ann)
    created = make.lead(tx, gym, created_by_user_id=ann)
    for lead in (owned, created):
        activity = make.activity(tx, gym, lead, bob, "sms", at("03-05 10:00"))
        tx.execute("delete from crm.lead_activities where id = %s", (activity,))
    assert credit(tx, owned) == (ann, "owner")
    assert credit(tx, created) == (ann, "creator")


def test_activity_without_times_happened_and_was_recorded_now(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    row = tx.execute(
        """
        insert into crm.lead_activities (workspace_id, lead_id, type) values (%s, %s, 'sms')
        returning occurred_at = app.now(), recorded_at = app.now()
        """,
        (gym, lead),
    ).fetchone()
    assert row == (True, True)
    assert first_contact(tx, lead) == "03-20 12:00"


def test_activity_of_another_workspaces_lead_is_refused(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    elsewhere = make.workspace(tx, "Elsewhere")
    lead = make.lead(tx, elsewhere)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        make.activity(tx, gym, lead, ann)
    assert first_contact(tx, lead) is None
