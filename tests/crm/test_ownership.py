"""Who owned a lead when: no overlap, no gap, no empty stretch."""

from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import activities, at, change, ownership, stages
from tests.sessions import freeze


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


@pytest.fixture
def cem(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


def test_new_lead(tx: psycopg.Connection, gym: UUID, ann: UUID) -> None:
    # All came in on 03-02 09:00.
    nobodys = make.lead(tx, gym, assigned_at=at("03-03 00:00"))
    at_once = make.lead(tx, gym, ann)
    later = make.lead(tx, gym, ann, assigned_at=at("03-04 10:00"))
    before = make.lead(tx, gym, ann, assigned_at=at("03-01 10:00"))
    assert ownership(tx, nobodys) == [(None, "03-02 09:00", None)]
    assert ownership(tx, at_once) == [(ann, "03-02 09:00", None)]
    assert ownership(tx, later) == [
        (None, "03-02 09:00", "03-04 10:00"),
        (ann, "03-04 10:00", None),
    ]
    assert ownership(tx, before) == [(ann, "03-02 09:00", None)]
    # Nobody was assigned: the time given means nothing.
    assert stages(tx, nobodys) == {}
    assert stages(tx, at_once) == {"assigned_at": "03-02 09:00"}
    assert stages(tx, before) == {"assigned_at": "03-01 10:00"}


def test_change_closes_and_opens(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID, cem: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=bob, assigned_at=at("03-05 10:00"), changed_by_user_id=cem)
    change(tx, lead, owner_user_id=None)
    freeze(tx, at("03-21 12:00"))
    change(tx, lead, owner_user_id=cem)
    assert ownership(tx, lead) == [
        (ann, "03-02 09:00", "03-05 10:00"),
        (bob, "03-05 10:00", "03-20 12:00"),
        (None, "03-20 12:00", "03-21 12:00"),
        (cem, "03-21 12:00", None),
    ]
    assert stages(tx, lead) == {"assigned_at": "03-21 12:00"}
    assert activities(tx, lead) == [
        ("assignment", "03-05 10:00", cem, {"from": str(ann), "to": str(bob)}),
        ("assignment", "03-20 12:00", None, {"from": str(bob), "to": None}),
        ("assignment", "03-21 12:00", None, {"from": None, "to": str(cem)}),
    ]


def test_lead_without_owner_has_no_time_of_assignment(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=None, assigned_at=at("03-05 10:00"))
    assert stages(tx, lead) == {}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Ann from 03-02 09:00, Bob from 03-05 10:00; then Cem, from:
        ("03-07 10:00", ["ann 03-02 09:00", "bob 03-05 10:00", "cem 03-07 10:00"]),
        # The very start of Bob's stretch: no empty stretch is left of it.
        ("03-05 10:00", ["ann 03-02 09:00", "cem 03-05 10:00"]),
        # Inside Ann's: Bob's gives way, Ann's ends earlier.
        ("03-04 10:00", ["ann 03-02 09:00", "cem 03-04 10:00"]),
        # When the lead came in, and before it.
        ("03-02 09:00", ["cem 03-02 09:00"]),
        ("03-01 10:00", ["cem 03-02 09:00"]),
    ],
)
def test_change_dated_before_what_is_known(
    tx: psycopg.Connection,
    gym: UUID,
    ann: UUID,
    bob: UUID,
    cem: UUID,
    when: str,
    expected: list[str],
) -> None:
    names = {ann: "ann", bob: "bob", cem: "cem"}
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=bob, assigned_at=at("03-05 10:00"))
    change(tx, lead, owner_user_id=cem, assigned_at=at(when))
    stretches = ownership(tx, lead)
    assert [f"{names[owner]} {start}" for owner, start, _ in stretches if owner] == expected
    unbroken(stretches)


def test_two_changes_at_one_moment_leave_the_last(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID, cem: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=bob)
    change(tx, lead, owner_user_id=cem)
    assert ownership(tx, lead) == [
        (ann, "03-02 09:00", "03-20 12:00"),
        (cem, "03-20 12:00", None),
    ]


def test_named_time_that_is_the_old_one_counts(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(tx, gym, ann, assigned_at=at("03-05 00:00"))
    change(tx, lead, owner_user_id=bob, assigned_at=at("03-05 00:00"))
    assert stages(tx, lead) == {"assigned_at": "03-05 00:00"}
    assert ownership(tx, lead) == [
        (None, "03-02 09:00", "03-05 00:00"),
        (bob, "03-05 00:00", None),
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Ann from 03-02 09:00, Bob from 03-05 10:00. Bob's time was wrong; it is:
        ("03-04 10:00", ["ann 03-02 09:00", "bob 03-04 10:00"]),
        ("03-08 10:00", ["ann 03-02 09:00", "bob 03-08 10:00"]),
        ("03-02 09:00", ["bob 03-02 09:00"]),
    ],
)
def test_corrected_time_of_assignment(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID, when: str, expected: list[str]
) -> None:
    names = {ann: "ann", bob: "bob"}
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=bob, assigned_at=at("03-05 10:00"))
    change(tx, lead, assigned_at=at(when))
    stretches = ownership(tx, lead)
    assert [f"{names[owner]} {start}" for owner, start, _ in stretches if owner] == expected
    unbroken(stretches)


def test_corrected_first_assignment_leaves_nobody_before(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    change(tx, lead, assigned_at=at("03-03 09:00"))
    assert ownership(tx, lead) == [
        (None, "03-02 09:00", "03-03 09:00"),
        (ann, "03-03 09:00", None),
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("03-01 09:00", [("ann", "03-01 09:00"), ("bob", "03-05 10:00"), ("-", "03-07 10:00")]),
        ("03-04 09:00", [("ann", "03-04 09:00"), ("bob", "03-05 10:00"), ("-", "03-07 10:00")]),
        ("03-05 10:00", [("bob", "03-05 10:00"), ("-", "03-07 10:00")]),
        ("03-06 10:00", [("bob", "03-06 10:00"), ("-", "03-07 10:00")]),
        ("03-08 10:00", [("-", "03-08 10:00")]),
    ],
)
def test_corrected_creation(
    tx: psycopg.Connection,
    gym: UUID,
    ann: UUID,
    bob: UUID,
    when: str,
    expected: list[tuple[str, str]],
) -> None:
    """Ann from 03-02 09:00, Bob from 03-05 10:00, nobody from 03-07 10:00."""
    names = {ann: "ann", bob: "bob", None: "-"}
    lead = make.lead(tx, gym, ann)
    change(tx, lead, owner_user_id=bob, assigned_at=at("03-05 10:00"))
    freeze(tx, at("03-07 10:00"))
    change(tx, lead, owner_user_id=None)
    change(tx, lead, created_at=at(when))
    stretches = ownership(tx, lead)
    assert [(names[owner], start) for owner, start, _ in stretches] == expected
    unbroken(stretches)


def test_corrected_creation_together_with_a_new_owner(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(tx, gym, ann)
    change(
        tx,
        lead,
        created_at=at("03-05 09:00"),
        owner_user_id=bob,
        assigned_at=at("03-04 09:00"),
    )
    assert ownership(tx, lead) == [(bob, "03-05 09:00", None)]


def test_owner_is_a_member_of_the_workspace(tx: psycopg.Connection, gym: UUID, ann: UUID) -> None:
    elsewhere = make.member(tx, make.workspace(tx, "Elsewhere"))
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        make.lead(tx, gym, elsewhere)
    lead = make.lead(tx, gym, ann)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        change(tx, lead, owner_user_id=elsewhere)


def unbroken(stretches: list[tuple[UUID | None, str, str | None]]) -> None:
    """Each stretch ends where the next begins, and the last is open."""
    ends = [end for _, _, end in stretches]
    starts = [start for _, start, _ in stretches]
    assert ends == [*starts[1:], None]
