"""Every figure of every partner, over random facts, against the recomputation of model.py."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import builders
from tests.metrics import model
from tests.metrics.model import Facts, Row
from tests.refreshing import refresh
from tests.sessions import freeze

# Zones with a change of clocks at midnight, half hours, and the two ends of the day line.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Atlantic/Azores",
    "America/Havana",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
MOMENTS = (
    "2026-03-29 01:30+00:00",  # Berlin and the Azores change to summer time
    "2025-10-26 00:30+00:00",  # the Azores: the first hour of the day is lived twice
    "2026-03-08 05:30+00:00",  # Havana: the first hour of the day does not exist
    "2026-01-15 10:59:59.999999+00:00",  # Kiritimati is a day and Pago Pago a day apart
)
STATUSES = (
    "new",
    "accepted",
    "rejected",
    "contacted",
    "in_progress",
    "qualified",
    "won",
    "won",
    "won",
    "lost",
    "lost",
    "completed",
)
TYPES = (*sorted(model.CONTACTS), "note", "created", "conversion")


@pytest.mark.parametrize("moment", MOMENTS)
def test_stats_view(tx: psycopg.Connection, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    freeze(tx, moment)
    worlds = [write_random_facts(tx, seeded(f"{moment} {seed}"), now) for seed in range(2)]
    refresh(tx)
    for workspace, facts in worlds:
        with tx.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(
                "select * from stats.partner_performance_stats where workspace_id = %s",
                (workspace,),
            ).fetchall()
        expected = model.stats(facts, now)
        assert {row["partner_id"] for row in found} == set(expected)
        for row in found:
            partner: UUID = row["partner_id"]
            labels = {
                "workspace_id": workspace,
                "partner_id": partner,
                "weights_version": 1,
                "weights_are_default": True,
                "curves_version": 1,
                "curves_are_default": True,
            }
            assert {name: row.pop(name) for name in labels} == labels
            assert_same(row, expected[partner])


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365])
def test_any_window(tx: psycopg.Connection, days: int) -> None:
    now = datetime.fromisoformat(MOMENTS[0])
    freeze(tx, MOMENTS[0])
    workspace, facts = write_random_facts(tx, seeded(f"{days} days"), now)
    refresh(tx)
    to_day = date(2026, 3, 29)
    from_day = to_day - timedelta(days)
    with tx.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from metrics.partner_performance(%s, %s, %s)", (workspace, from_day, to_day)
        ).fetchall()
    assert {row["partner_id"] for row in found} == {partner.id for partner in facts.partners()}
    for row in found:
        assert row.pop("workspace_id") == workspace
        values: list[Decimal] = row.pop("deal_values") or []
        assert values == sorted(values)
        assert len(values) == row["won_leads_valued"]
        assert_same(row, model.window(facts, row.pop("partner_id"), from_day, to_day))


def assert_same(found: dict[str, object], expected: Row) -> None:
    """The same columns, and each the same to the ninth significant digit."""
    assert set(found) == set(expected)
    for column, value in expected.items():
        actual = found[column]
        if isinstance(value, int | Fraction) and isinstance(actual, int | Decimal):
            difference = abs(Fraction(actual) - value)
            assert difference <= Fraction(1, 10**9) * max(1, abs(value)), column
        else:
            assert actual == value, column


ROLES = ("partner", "partner", "partner", "agent", "agent", "manager", "owner", "partner")


def write_random_facts(
    connection: psycopg.Connection,
    dice: random.Random,
    now: datetime,
    roles: Sequence[str] = ROLES,
) -> tuple[UUID, Facts]:
    """One workspace of up to nine people and some 150 leads, most of them of the last weeks."""
    facts = Facts(
        zone=dice.choice(ZONES),
        deal_value_basis=dice.choice(("deal_value", "price_at_purchase")),
        ai_score_measures=dice.choice(("risk", "trust")),
    )
    workspace = builders.workspace(
        connection,
        timezone=facts.zone,
        deal_value_basis=facts.deal_value_basis,
        ai_score_measures=facts.ai_score_measures,
    )
    for _ in range(3):
        zone = dice.choice((None, *ZONES))
        branch = builders.branch(connection, workspace, timezone=zone)
        facts.branch_zones[branch] = zone
    branches = [None, *facts.branch_zones]
    for role in roles:
        write_member(connection, workspace, facts, dice, role, dice.choice(branches), now)
    people = [member.id for member in facts.members]
    for _ in range(dice.randint(120, 180)):
        write_lead(connection, workspace, facts, dice, people, dice.choice(branches), now)
    for _ in range(40):
        lead, rated = dice.choice(facts.leads), dice.choice(people)
        given = model.Feedback(lead.id, rated, dice.randint(1, 5), some_moment(dice, facts, now))
        builders.feedback(
            connection, workspace, given.lead, given.rated, given.rating, given.created_at
        )
        facts.feedback.append(given)
        ticket = model.Ticket(
            lead.id,
            dice.choice(people),
            dice.choice(("complaint", "question")),
            some_moment(dice, facts, now),
        )
        builders.ticket(
            connection, workspace, ticket.lead, ticket.about, ticket.type, ticket.created_at
        )
        facts.tickets.append(ticket)
    return workspace, facts


def write_member(
    connection: psycopg.Connection,
    workspace: UUID,
    facts: Facts,
    dice: random.Random,
    role: str,
    branch: UUID | None,
    now: datetime,
) -> None:
    is_active = dice.random() < 0.8
    person = builders.member(
        connection,
        workspace,
        role,
        branch_id=branch,
        deactivated_at=None if is_active else now - timedelta(3),
    )
    has_profile = dice.random() < 0.6
    ai_risk_score = dice.choice((None, dice.randint(0, 100))) if has_profile else None
    if has_profile:
        builders.profile(connection, workspace, person, ai_risk_score=ai_risk_score)
    facts.members.append(model.Member(person, role, branch, is_active, has_profile, ai_risk_score))


def write_lead(
    connection: psycopg.Connection,
    workspace: UUID,
    facts: Facts,
    dice: random.Random,
    people: Sequence[UUID],
    branch: UUID | None,
    now: datetime,
) -> None:
    created_at = some_moment(dice, facts, now)
    owner = dice.choice(people) if dice.random() < 0.8 else None
    creator = dice.choice((None, *people))
    status = dice.choice(STATUSES)

    def stage(*statuses: str, otherwise: float = 0.3) -> datetime | None:
        """A time for those who passed the stage; now and then before the lead came in."""
        if status not in statuses and dice.random() > otherwise:
            return None
        return created_at + timedelta(seconds=dice.choice((-60, 0, dice.randint(1, 10**6))))

    lead = model.Lead(
        id=builders.new_id(),
        branch=branch,
        owner=owner,
        creator=creator,
        status=status,
        created_at=created_at,
        assigned_at=created_at + timedelta(dice.randint(0, 5)) if owner else None,
        accepted_at=stage("accepted"),
        rejected_at=stage("rejected", otherwise=0.05),
        won_at=stage("won", otherwise=0.2),
        deal_value=money(dice),
        price_at_purchase=money(dice),
        interested_at=stage("qualified", otherwise=0.2),
        source=dice.choice(("web", "referral", "fair", "unknown")),
    )
    builders.lead(
        connection,
        workspace,
        lead.owner,
        lead.created_at,
        id=lead.id,
        branch_id=lead.branch,
        created_by_user_id=lead.creator,
        status=lead.status,
        assigned_at=lead.assigned_at,
        accepted_at=lead.accepted_at,
        rejected_at=lead.rejected_at,
        won_at=lead.won_at,
        interested_at=lead.interested_at,
        source=lead.source,
        lost_at=stage("lost", otherwise=0.1),
        deal_value=decimal(lead.deal_value),
        price_at_purchase=decimal(lead.price_at_purchase),
    )
    facts.leads.append(lead)
    for _ in range(dice.choice((0, 0, 1, 2, 3))):
        late = dice.choice((-3600, 0, 1800, 3600, 86400, dice.randint(1, 10**6)))
        # Where the first actor counts, no two activities may come first together.
        apart = 0 if owner or creator else len(facts.activities)
        occurred_at = created_at + timedelta(seconds=late, microseconds=apart)
        done = model.Activity(
            lead.id, dice.choice((None, *people)), dice.choice(TYPES), occurred_at
        )
        builders.activity(connection, workspace, done.lead, done.actor, done.type, done.occurred_at)
        facts.activities.append(done)


def seeded(seed: str) -> random.Random:
    """The same facts in every run."""
    return random.Random(seed)


def some_moment(dice: random.Random, facts: Facts, now: datetime) -> datetime:
    """A time of the last weeks or the next day, often within a second of a local midnight."""
    moment = now - timedelta(seconds=dice.randint(-86400, dice.choice((8, 40, 100)) * 86400))
    if dice.random() < 0.4:
        zone = ZoneInfo(facts.zone_of(dice.choice([None, *facts.branch_zones])))
        midnight = moment.astimezone(zone).replace(
            hour=0, minute=0, second=0, microsecond=0, fold=dice.choice((0, 1))
        )
        moment = midnight.astimezone(UTC) + timedelta(seconds=dice.choice((-1, 0, 1)))
    return moment


def money(dice: random.Random) -> Fraction | None:
    return dice.choice((None, Fraction(0), Fraction(dice.randint(-(10**4), 10**6), 100)))


def decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
