"""Stage times, status history, activities and credit of leads, row by row."""

from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import activities, at, change, credit, stages, status_history
from tests.sessions import freeze

NOW = at("03-20 12:00")


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, NOW)
    return make.workspace(tx)


def test_new_lead_without_times_came_in_now(tx: psycopg.Connection, gym: UUID) -> None:
    row = tx.execute(
        """
        insert into crm.leads (workspace_id) values (%s)
        returning
            id, created_at = app.now(), status_changed_at = app.now(), assigned_at,
            credited_user_id, owner_basis
        """,
        (gym,),
    ).fetchone()
    assert row is not None
    assert row[0].version == 7
    assert row[1:] == (True, True, None, None, "nobody")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # The status has no time: it was taken now.
        ({"status": "accepted"}, {"accepted_at": "03-20 12:00"}),
        ({"status": "rejected"}, {"rejected_at": "03-20 12:00"}),
        ({"status": "qualified"}, {"interested_at": "03-20 12:00"}),
        ({"status": "won"}, {"won_at": "03-20 12:00"}),
        ({"status": "lost"}, {"lost_at": "03-20 12:00"}),
        # These have no stage time of their own.
        ({"status": "new"}, {}),
        ({"status": "contacted"}, {}),
        ({"status": "in_progress"}, {}),
        ({"status": "completed"}, {}),
        # The writer's time of the status is the stage's.
        ({"status": "won", "status_changed_at": at("03-09 08:00")}, {"won_at": "03-09 08:00"}),
        # The writer's stage time wins, and others may stand beside it.
        (
            {
                "status": "won",
                "status_changed_at": at("03-09 08:00"),
                "won_at": at("03-08 08:00"),
                "accepted_at": at("03-03 08:00"),
            },
            {"won_at": "03-08 08:00", "accepted_at": "03-03 08:00"},
        ),
    ],
)
def test_new_lead_takes_the_stage_time_of_its_status(
    tx: psycopg.Connection, gym: UUID, columns: dict[str, str], expected: dict[str, str]
) -> None:
    lead = make.lead(tx, gym, None, **columns)
    assert stages(tx, lead) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, "03-02 09:00"),
        ({"status": "won", "won_at": at("03-08 08:00")}, "03-08 08:00"),
        ({"status": "contacted", "first_contact_at": at("03-04 08:00")}, "03-04 08:00"),
        ({"status": "in_progress"}, "03-20 12:00"),
        ({"status": "won", "status_changed_at": at("03-09 08:00")}, "03-09 08:00"),
    ],
)
def test_status_time_of_a_new_lead(
    tx: psycopg.Connection, gym: UUID, columns: dict[str, str], expected: str
) -> None:
    # builders.START: the lead came in on 03-02 09:00.
    lead = make.lead(tx, gym, None, **columns)
    row = tx.execute(
        "select to_char(status_changed_at, 'MM-DD HH24:MI') from crm.leads where id = %s", (lead,)
    ).fetchone()
    assert row == (expected,)


def test_each_stage_is_dated_once(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym)
    for status, when in [
        ("accepted", "03-03 10:00"),
        ("contacted", "03-04 10:00"),
        ("in_progress", "03-05 10:00"),
        ("qualified", "03-06 10:00"),
        ("won", "03-07 10:00"),
        ("lost", "03-08 10:00"),
        # Reopened and won again: every stage was reached before.
        ("accepted", "03-09 10:00"),
        ("qualified", "03-10 10:00"),
        ("won", "03-11 10:00"),
        ("rejected", "03-12 10:00"),
    ]:
        change(tx, lead, status=status, status_changed_at=at(when))
    assert stages(tx, lead) == {
        "accepted_at": "03-03 10:00",
        # The change to contacted is a contact.
        "first_contact_at": "03-04 10:00",
        "interested_at": "03-06 10:00",
        "won_at": "03-07 10:00",
        "lost_at": "03-08 10:00",
        "rejected_at": "03-12 10:00",
    }
    assert [(status, when) for status, when, _ in status_history(tx, lead)] == [
        ("new", "03-02 09:00"),
        ("accepted", "03-03 10:00"),
        ("contacted", "03-04 10:00"),
        ("in_progress", "03-05 10:00"),
        ("qualified", "03-06 10:00"),
        ("won", "03-07 10:00"),
        ("lost", "03-08 10:00"),
        ("accepted", "03-09 10:00"),
        ("qualified", "03-10 10:00"),
        ("won", "03-11 10:00"),
        ("rejected", "03-12 10:00"),
    ]


def test_change_without_time_or_person_is_dated_now_and_nobodys(
    tx: psycopg.Connection, gym: UUID
) -> None:
    agent = make.member(tx, gym)
    lead = make.lead(tx, gym)
    change(
        tx, lead, status="accepted", status_changed_at=at("03-05 10:00"), changed_by_user_id=agent
    )
    # Names neither: the agent of the change before is not the one of this.
    change(tx, lead, status="won", deal_value=900)
    assert status_history(tx, lead) == [
        ("new", "03-02 09:00", None),
        ("accepted", "03-05 10:00", agent),
        ("won", "03-20 12:00", None),
    ]
    assert activities(tx, lead) == [
        ("status_change", "03-05 10:00", agent, {"from": "new", "to": "accepted"}),
        ("conversion", "03-20 12:00", None, {"from": "accepted", "to": "won", "deal_value": 900}),
    ]
    assert tx.execute(
        "select changed_by_user_id from crm.leads where id = %s", (lead,)
    ).fetchone() == (None,)


def test_named_time_and_person_count_even_when_they_are_the_old_ones(
    tx: psycopg.Connection, gym: UUID
) -> None:
    """A source that knows days only: two changes by one agent on one day."""
    agent = make.member(tx, gym)
    lead = make.lead(tx, gym)
    for status in ("contacted", "qualified"):
        change(
            tx, lead, status=status, status_changed_at=at("03-05 00:00"), changed_by_user_id=agent
        )
    assert status_history(tx, lead) == [
        ("new", "03-02 09:00", None),
        ("contacted", "03-05 00:00", agent),
        ("qualified", "03-05 00:00", agent),
    ]
    assert stages(tx, lead) == {
        "first_contact_at": "03-05 00:00",
        "interested_at": "03-05 00:00",
    }


def test_named_null_means_now_and_nobody(tx: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(tx, gym)
    lead = make.lead(
        tx, gym, status="accepted", status_changed_at=at("03-04 10:00"), changed_by_user_id=agent
    )
    change(tx, lead, status="lost", status_changed_at=None, changed_by_user_id=None)
    assert status_history(tx, lead)[-1] == ("lost", "03-20 12:00", None)


def test_upsert_names_its_columns_too(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym, status="accepted", status_changed_at=at("03-05 00:00"))
    tx.execute(
        """
        insert into crm.leads (workspace_id, id, status, status_changed_at)
        values (%s, %s, 'lost', %s)
        on conflict (workspace_id, id) do update
        set status = excluded.status, status_changed_at = excluded.status_changed_at
        """,
        (gym, lead, at("03-05 00:00")),
    )
    assert stages(tx, lead) == {"accepted_at": "03-05 00:00", "lost_at": "03-05 00:00"}


def test_new_lead_in_a_later_status_has_both_in_its_history(
    tx: psycopg.Connection, gym: UUID
) -> None:
    creator = make.member(tx, gym)
    closer = make.member(tx, gym)
    lead = make.lead(
        tx,
        gym,
        status="won",
        status_changed_at=at("03-09 08:00"),
        created_by_user_id=creator,
        changed_by_user_id=closer,
    )
    assert status_history(tx, lead) == [
        ("new", "03-02 09:00", creator),
        ("won", "03-09 08:00", closer),
    ]
    # What was done with a lead before it came here is for its source to tell.
    assert activities(tx, lead) == []


def test_history_ends_with_the_present_status(tx: psycopg.Connection, gym: UUID) -> None:
    """A change dated before the status it ends follows that at once; the lead keeps the time."""
    early = make.lead(tx, gym, status="won", status_changed_at=at("03-01 00:00"))
    assert [row[:2] for row in status_history(tx, early)] == [
        ("new", "03-02 09:00"),
        ("won", "03-02 09:00"),
    ]
    late = make.lead(tx, gym, status="accepted", status_changed_at=at("03-06 00:00"))
    change(tx, late, status="lost", status_changed_at=at("03-04 00:00"))
    assert [row[:2] for row in status_history(tx, late)] == [
        ("new", "03-02 09:00"),
        ("accepted", "03-06 00:00"),
        ("lost", "03-06 00:00"),
    ]
    assert stages(tx, late) == {"accepted_at": "03-06 00:00", "lost_at": "03-04 00:00"}
    # The present status is dated 03-04, the last row of the history 03-06.
    change(tx, late, status="won", status_changed_at=at("03-05 00:00"))
    assert status_history(tx, late)[-1][:2] == ("won", "03-06 00:00")


def test_same_status_again_is_no_change(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym, status="accepted", status_changed_at=at("03-05 10:00"))
    change(tx, lead, status="accepted", score=7)
    assert len(status_history(tx, lead)) == 2
    assert activities(tx, lead) == []


def test_corrected_status_time_moves_what_came_from_it(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym)
    change(tx, lead, status="contacted", status_changed_at=at("03-05 10:00"))
    change(tx, lead, status="won", status_changed_at=at("03-09 10:00"))
    change(tx, lead, status_changed_at=at("03-08 15:00"))
    assert stages(tx, lead) == {"first_contact_at": "03-05 10:00", "won_at": "03-08 15:00"}
    assert [row[:2] for row in status_history(tx, lead)] == [
        ("new", "03-02 09:00"),
        ("contacted", "03-05 10:00"),
        ("won", "03-08 15:00"),
    ]
    assert [row[:2] for row in activities(tx, lead)] == [
        ("status_change_contacted", "03-05 10:00"),
        ("conversion", "03-08 15:00"),
    ]


def test_corrected_contact_time_moves_the_first_contact(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym)
    change(tx, lead, status="contacted", status_changed_at=at("03-05 10:00"))
    change(tx, lead, status_changed_at=at("03-06 10:00"))
    assert stages(tx, lead) == {"first_contact_at": "03-06 10:00"}


def test_corrected_status_time_spares_a_stage_time_of_its_own(
    tx: psycopg.Connection, gym: UUID
) -> None:
    lead = make.lead(
        tx, gym, status="won", status_changed_at=at("03-09 10:00"), won_at=at("03-07 10:00")
    )
    change(tx, lead, status_changed_at=at("03-08 15:00"))
    assert stages(tx, lead) == {"won_at": "03-07 10:00"}


def test_corrected_creation_moves_what_came_from_it(tx: psycopg.Connection, gym: UUID) -> None:
    agent = make.member(tx, gym)
    lead = make.lead(tx, gym, agent)
    change(tx, lead, created_at=at("03-01 09:00"))
    assert stages(tx, lead) == {"assigned_at": "03-01 09:00"}
    assert [row[:2] for row in status_history(tx, lead)] == [("new", "03-01 09:00")]
    # Not after the status that followed.
    change(tx, lead, status="accepted", status_changed_at=at("03-03 10:00"))
    change(tx, lead, created_at=at("03-04 09:00"))
    assert [row[:2] for row in status_history(tx, lead)] == [
        ("new", "03-03 10:00"),
        ("accepted", "03-03 10:00"),
    ]


def test_credit_is_owner_then_creator_then_nobody(tx: psycopg.Connection, gym: UUID) -> None:
    owner, creator, other = (make.member(tx, gym) for _ in range(3))
    owned = make.lead(tx, gym, owner, created_by_user_id=creator)
    created = make.lead(tx, gym, created_by_user_id=creator)
    nobodys = make.lead(tx, gym)
    assert credit(tx, owned) == (owner, "owner")
    assert credit(tx, created) == (creator, "creator")
    assert credit(tx, nobodys) == (None, "nobody")

    change(tx, owned, owner_user_id=None)
    assert credit(tx, owned) == (creator, "creator")
    change(tx, owned, created_by_user_id=None)
    assert credit(tx, owned) == (None, "nobody")
    change(tx, created, owner_user_id=other)
    assert credit(tx, created) == (other, "owner")


def test_writer_cannot_give_the_credit_away(tx: psycopg.Connection, gym: UUID) -> None:
    owner, thief = make.member(tx, gym), make.member(tx, gym)
    owned = make.lead(tx, gym, owner, credited_user_id=thief, owner_basis="first_actor")
    nobodys = make.lead(tx, gym, credited_user_id=thief, owner_basis="owner")
    assert credit(tx, owned) == (owner, "owner")
    assert credit(tx, nobodys) == (None, "nobody")
    for lead, truth in ((owned, (owner, "owner")), (nobodys, (None, "nobody"))):
        change(tx, lead, credited_user_id=thief, owner_basis="first_actor")
        assert credit(tx, lead) == truth


def test_updated_at_follows_real_changes_only(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym, score=5, updated_at=at("03-02 09:00"))
    change(tx, lead, score=5)
    row = tx.execute(
        "select to_char(updated_at, 'MM-DD HH24:MI') from crm.leads where id = %s", (lead,)
    ).fetchone()
    assert row == ("03-02 09:00",)
    change(tx, lead, score=6)
    row = tx.execute(
        "select to_char(updated_at, 'MM-DD HH24:MI') from crm.leads where id = %s", (lead,)
    ).fetchone()
    assert row == ("03-20 12:00",)


def test_person_of_a_change_is_a_member(tx: psycopg.Connection, gym: UUID) -> None:
    lead = make.lead(tx, gym)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        change(tx, lead, status="won", changed_by_user_id=make.new_id())


def test_deleted_and_truncated_leads_take_their_history_along(
    tx: psycopg.Connection, gym: UUID
) -> None:
    agent = make.member(tx, gym)
    gone, kept = make.lead(tx, gym, agent), make.lead(tx, gym, agent)
    for lead in (gone, kept):
        change(tx, lead, status="contacted")
        make.call(tx, gym, agent, lead_id=lead)
    tx.execute("delete from crm.leads where id = %s", (gone,))
    for table in ("lead_status_history", "lead_ownership", "lead_activities", "call_logs"):
        rows = tx.execute(f"select distinct lead_id from crm.{table}").fetchall()  # noqa: S608
        assert rows == [(kept,)], table
    tx.execute("truncate crm.leads cascade")
    for table in ("lead_status_history", "lead_ownership", "lead_activities", "call_logs"):
        assert tx.execute(f"select from crm.{table}").fetchall() == [], table


def test_statements_that_change_no_row_pass(tx: psycopg.Connection, gym: UUID) -> None:
    make.lead(tx, gym)
    for statement in (
        "update crm.leads set status = 'won' where false",
        "insert into crm.leads (workspace_id) select gen_random_uuid() where false",
        "update crm.lead_activities set type = 'sms' where false",
        "delete from crm.lead_activities where false",
        (
            "insert into crm.lead_activities (workspace_id, lead_id, type) "
            "select gen_random_uuid(), gen_random_uuid(), 'sms' where false"
        ),
        "update crm.call_logs set status = 'missed' where false",
        (
            "insert into crm.call_logs (workspace_id, direction, status) "
            "select gen_random_uuid(), 'inbound', 'missed' where false"
        ),
        "update crm.workspaces set timezone = 'Mars/Base' where false",
    ):
        tx.execute(statement)
