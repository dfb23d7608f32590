"""Rep figures, medians, attribution and ranks, over random histories, against the recomputation of
rep_model.py; and the cases that are told by name."""

import json
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from tests import builders
from tests.metrics import rep_model
from tests.metrics.rep_model import METRICS, Figures
from tests.refreshing import refresh
from tests.rollup.model import Facts, read_facts
from tests.sessions import as_login, as_user, freeze

NOW = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
"""In Amsterdam it is 30 March, the day after the clocks changed; elsewhere still the 29th."""

ZONES = ("UTC", "Europe/Amsterdam", "America/Havana", "Pacific/Kiritimati", "Asia/Kolkata")
SOURCES = ("linkedin_extension", "company_search", "csv", "unknown")
STATUSES = ("new", "contacted", "qualified", "won", "won", "lost", "completed")
TYPES = ("phone_call", "email_sent", "meeting", "note", "created")


class World:
    """A workspace with a few members in several zones, and a person who works in another, too."""

    def __init__(self, connection: psycopg.Connection, dice: random.Random) -> None:
        self.connection = connection
        self.dice = dice
        self.workspace = builders.workspace(connection, timezone=dice.choice(ZONES))
        self.branches = [
            None,
            *(
                builders.branch(connection, self.workspace, timezone=dice.choice((None, *ZONES)))
                for _ in range(2)
            ),
        ]
        self.people = [self.member(dice.choice(self.branches)) for _ in range(dice.randint(2, 5))]
        # Deactivated, and active in another workspace as well.
        self.leaver = self.member(None, deactivated_at=NOW - timedelta(2))
        self.people.append(self.leaver)
        self.elsewhere = builders.workspace(connection)
        builders.member(connection, self.elsewhere, "agent", self.people[0])
        self.work(self.elsewhere, [self.people[0]], [None], leads=3)
        self.work(self.workspace, self.people, self.branches, leads=dice.randint(0, 25))

    def member(self, branch: UUID | None, **columns: object) -> UUID:
        role = self.dice.choice(("owner", "admin", "manager", "agent", "partner"))
        return builders.member(
            self.connection, self.workspace, role, None, branch_id=branch, **columns
        )

    def moment(self) -> datetime:
        """Of the last weeks or tomorrow, often within a second of somebody's midnight."""
        moment = NOW - timedelta(seconds=self.dice.randint(-86400, 40 * 86400))
        if self.dice.random() < 0.4:
            zone = ZoneInfo(self.dice.choice(ZONES))
            midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            moment = midnight.astimezone(UTC) + timedelta(seconds=self.dice.choice((-1, 0, 1)))
        return moment

    def work(
        self, workspace: UUID, people: list[UUID], branches: list[UUID | None], leads: int
    ) -> None:
        dice, connection = self.dice, self.connection
        campaigns = [
            builders.campaign(connection, workspace, f"Campaign {n}", NOW - timedelta(60))
            for n in range(2)
        ]
        for _ in range(leads):
            created_at = self.moment()
            status = dice.choice(STATUSES)
            lead = builders.lead(
                connection,
                workspace,
                dice.choice((None, *people)),
                created_at,
                branch_id=dice.choice(branches),
                created_by_user_id=dice.choice((None, *people)),
                source=dice.choice(SOURCES),
                status=status,
                won_at=created_at + timedelta(hours=5) if status in {"won", "completed"} else None,
            )
            for _ in range(dice.randint(0, 4)):
                at, who = self.moment(), dice.choice(people)
                kind = dice.choice(("task", "note", "activity", "activity"))
                if kind == "task":
                    is_done = dice.random() < 0.6
                    builders.task(
                        connection,
                        workspace,
                        lead,
                        who,
                        at,
                        completed_at=at + timedelta(hours=dice.randint(0, 90)) if is_done else None,
                        completed_by_user_id=dice.choice(people) if is_done else None,
                    )
                elif kind == "note":
                    builders.note(connection, workspace, lead, who, at)
                else:
                    # No two pieces of work at the same moment: who was first would be a toss-up.
                    at += timedelta(microseconds=dice.randint(1, 999_999))
                    builders.activity(connection, workspace, lead, who, dice.choice(TYPES), at)
            for campaign in campaigns:
                if dice.random() < 0.5:
                    self.send(workspace, campaign, lead)
            if dice.random() < 0.2:
                # What was sent stays with whom it was sent for.
                connection.execute(
                    "update crm.leads set owner_user_id = %s where workspace_id = %s and id = %s",
                    (dice.choice(people), workspace, lead),
                )

    def send(self, workspace: UUID, campaign: UUID, lead: UUID) -> None:
        dice = self.dice
        sent_at = self.moment() if dice.random() < 0.9 else None
        after = (sent_at or NOW) + timedelta(hours=dice.randint(0, 50))
        outcomes = {
            "first_opened_at": after,
            "first_clicked_at": after,
            # Now and then the reply came before the sending: kept, and not counted.
            "first_replied_at": after - timedelta(hours=dice.choice((0, 100))),
            "bounced_at": after,
        }
        builders.recipient(
            self.connection,
            workspace,
            campaign,
            lead,
            sent_at,
            machine_opened=dice.random() < 0.3,
            **{name: at for name, at in outcomes.items() if dice.random() < 0.4},
        )

    def zone(self, person: UUID) -> ZoneInfo:
        row = self.connection.execute(
            "select timezone from stats.people where workspace_id = %s and user_id = %s",
            (self.workspace, person),
        ).fetchone()
        assert row is not None
        return ZoneInfo(row[0])

    def windows(self, days: int, periods_ago: int = 0) -> dict[UUID, tuple[date, date]]:
        """Of everybody who is active, in the own zone."""
        found: dict[UUID, tuple[date, date]] = {}
        for person in self.people:
            if person != self.leaver:
                end = NOW.astimezone(self.zone(person)).date() + timedelta(1 - days * periods_ago)
                found[person] = (end - timedelta(days), end)
        return found


histories = st.builds(random.Random, st.integers(0, 2**32))


def check(maximum: int) -> settings:
    return settings(
        max_examples=maximum,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def assert_same(found: Mapping[str, object], expected: Figures) -> None:
    assert set(found) == set(expected)
    for name, value in expected.items():
        actual = found[name]
        if isinstance(value, Fraction) and isinstance(actual, Decimal):
            assert abs(Fraction(actual) - value) <= Fraction(1, 10**9) * max(1, value), name
        else:
            assert actual == value, name


@check(25)
@given(dice=histories, days=st.sampled_from([1, 7, 30, 45, 365]), shift=st.integers(-40, 2))
def test_every_figure_of_any_window(
    tx: psycopg.Connection, dice: random.Random, days: int, shift: int
) -> None:
    with tx.transaction(force_rollback=True):
        freeze(tx, NOW)
        world = World(tx, dice)
        refresh(tx)
        facts = read_facts(tx)
        to_day = NOW.date() + timedelta(shift)
        from_day = to_day - timedelta(days)
        for workspace, people in (
            (world.workspace, world.people),
            (world.elsewhere, world.people[:1]),
        ):
            with tx.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(
                    "select * from metrics.rep_performance(%s, %s, %s)",
                    (workspace, from_day, to_day),
                ).fetchall()
            assert {row["user_id"] for row in rows} == set(people)
            for row in rows:
                person = row.pop("user_id")
                assert row.pop("workspace_id") == workspace
                assert_same(row, rep_model.figures(facts, workspace, person, from_day, to_day))
                _check_person(tx, facts, workspace, person, from_day, to_day)


def _check_person(
    tx: psycopg.Connection,
    facts: Facts,
    workspace: UUID,
    person: UUID,
    from_day: date,
    to_day: date,
) -> None:
    asked = (workspace, person, from_day, to_day)
    (median,) = tx.execute(
        "select metrics.median_response_minutes(%s, %s, %s, %s)", asked
    ).fetchall()
    assert_same(
        {"median": median[0]},
        {"median": rep_model.median_response_minutes(facts, workspace, person, from_day, to_day)},
    )
    models = tx.execute("select * from metrics.rep_attribution(%s, %s, %s, %s)", asked).fetchall()
    assert {name: (leads, won) for name, leads, won in models} == rep_model.attribution(
        facts, workspace, person, from_day, to_day
    )
    days = tx.execute("select * from metrics.rep_days(%s, %s, %s, %s)", asked).fetchall()
    assert [day for day, *_ in days] == [
        from_day + timedelta(n) for n in range((to_day - from_day).days)
    ]
    for day, leads, tasks, replies in days:
        if leads or tasks or replies or day == from_day:
            alone = rep_model.figures(facts, workspace, person, day, day + timedelta(1))
            assert (leads, tasks, replies) == (
                alone["new_leads_owned"],
                alone["tasks_completed"],
                alone["campaign_replies"],
            )


@check(25)
@given(
    dice=histories,
    days=st.sampled_from([7, 30, 90, 3, 45]),
    sort_by=st.sampled_from(sorted(METRICS)),
)
def test_ranks_and_their_changes(
    tx: psycopg.Connection, dice: random.Random, days: int, sort_by: str
) -> None:
    with tx.transaction(force_rollback=True):
        freeze(tx, NOW)
        world = World(tx, dice)
        boss = builders.member(tx, world.workspace, "owner")
        world.people.append(boss)
        refresh(tx)
        facts = read_facts(tx)
        now, before = (
            {
                person: rep_model.figures(facts, world.workspace, person, *window)
                for person, window in world.windows(days, periods_ago).items()
            }
            for periods_ago in (0, 1)
        )
        names = dict(
            tx.execute(
                "select user_id, name from stats.people where workspace_id = %s",
                (world.workspace,),
            ).fetchall()
        )
        expected = rep_model.leaderboard(now, before, names, METRICS[sort_by])
        body = board(tx, boss, days, sort_by)
        assert [
            (UUID(row["user_id"]), row["rank"], row["rank_change"], row["is_provisional"])
            for row in body
        ] == [(p.person, p.rank, p.rank_change, p.is_provisional) for p in expected]
        for row in body:
            assert_shown(row, now[UUID(row["user_id"])])


def board(
    tx: psycopg.Connection, caller: UUID, days: int = 30, sort_by: str = "replies"
) -> list[dict[str, Any]]:
    """The leaderboard as the service answers it."""
    with as_login(tx, "leadboard_api"), as_user(tx, caller):
        row = tx.execute(
            "select body::text from service.leaderboard(%s, null, null, %s, %s)",
            (caller, days, sort_by),
        ).fetchone()
    assert row is not None
    return json.loads(row[0], parse_float=Fraction)


def assert_shown(row: Mapping[str, Any], figures: Figures) -> None:
    """The row holds the figures, rounded once."""
    pairs = {
        "task_completion_rate": ("tasks_created_completed", "tasks_created"),
        "campaign_reply_rate": ("campaign_replies", "campaign_leads_sent"),
        "campaign_open_rate": ("campaign_opens", "campaign_leads_sent"),
        "campaign_bounce_rate": ("campaign_bounces", "campaign_leads_sent"),
        "pct_never_contacted": ("leads_never_contacted", "new_leads_owned"),
        "conversion_rate": ("won_leads", "new_leads_owned"),
    }
    for name, (numerator, denominator) in pairs.items():
        top, bottom = figures[numerator], figures[denominator]
        assert isinstance(top, int)
        assert isinstance(bottom, int)
        assert row[name] == rep_model.percent(top, bottom), name
    for name, value in figures.items():
        if isinstance(value, int) and name in row:
            assert row[name] == value, name
    sources = figures["source_leads"]
    assert isinstance(sources, dict)
    assert list(row["source_breakdown"].items()) == list(rep_model.shares(sources).items())


@check(60)
@example({"a": 1, "b": 1, "c": 1})
@example({"a": 1, "b": 999})
@example({})
@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5),
        st.integers(0, 10**6),
        max_size=8,
    )
)
def test_shares_add_up_to_a_hundred(tx: psycopg.Connection, counts: dict[str, int]) -> None:
    row = tx.execute("select metrics.shares(%s)::text", (json.dumps(counts),)).fetchone()
    assert row is not None
    found = json.loads(row[0], parse_float=Fraction)

    assert found == rep_model.shares(counts)
    assert sum(found.values()) == (100 if sum(counts.values()) else 0)


@pytest.fixture
def team(tx: psycopg.Connection) -> tuple[UUID, UUID, UUID, UUID]:
    """A workspace at noon on 29 March 2026 in Amsterdam, its owner Olga, and Ann and Bea."""
    freeze(tx, "2026-03-29 10:00+00")
    gym = builders.workspace(tx, timezone="Europe/Amsterdam", leaderboard_visibility="named")
    people = [
        builders.member(tx, gym, role, builders.user(tx, name))
        for role, name in (("owner", "Olga"), ("agent", "Ann"), ("agent", "Bea"))
    ]
    return gym, people[0], people[1], people[2]


def places(rows: list[dict[str, Any]]) -> list[tuple[str, int | None, int | None]]:
    return [(row["name"], row["rank"], row["rank_change"]) for row in rows]


def test_equal_people_share_a_rank_and_are_listed_by_name(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    gym, olga, ann, bea = team
    for person in (bea, ann):
        builders.lead(tx, gym, person, "2026-03-20 12:00+00")
    refresh(tx)

    assert places(board(tx, olga, sort_by="new_leads")) == [
        ("Ann", 1, 0),
        ("Bea", 1, 0),
        ("Olga", 3, -2),
    ]


def test_nothing_to_divide_by_is_no_rank(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    refresh(tx)
    rows = board(tx, team[1], sort_by="reply_rate")

    assert places(rows) == [("Ann", None, None), ("Bea", None, None), ("Olga", None, None)]
    assert all(row["campaign_reply_rate"] is None for row in rows)
    assert all(row["source_breakdown"] == {} for row in rows)
    assert all(row["sort_value"] is None for row in rows)


def test_few_recipients_are_provisional_and_rank_after_the_others(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    """Ann replied to by 1 of 20, Bea by 1 of 1: one of one proves little."""
    gym, olga, ann, bea = team
    campaign = builders.campaign(tx, gym)
    for person, count in ((ann, 20), (bea, 1)):
        for number in range(count):
            lead = builders.lead(tx, gym, person)
            builders.recipient(
                tx,
                gym,
                campaign,
                lead,
                "2026-03-20 12:00+00",
                first_replied_at="2026-03-21 12:00+00" if number == 0 else None,
            )
    refresh(tx)
    rows = board(tx, olga, sort_by="reply_rate")

    assert places(rows) == [("Ann", 1, None), ("Bea", 2, None), ("Olga", None, None)]
    assert [row["is_provisional"] for row in rows] == [False, True, False]
    assert [row["sort_value"] for row in rows] == [Fraction("0.05"), 1, None]
    # Wilson for 1 of 20.
    assert (rows[0]["sort_low"], rows[0]["sort_high"]) == (Fraction("0.0089"), Fraction("0.2361"))


def test_all_bounced(tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]) -> None:
    gym, olga, ann, _ = team
    campaign = builders.campaign(tx, gym)
    for _ in range(3):
        lead = builders.lead(tx, gym, ann)
        builders.recipient(
            tx, gym, campaign, lead, "2026-03-20 12:00+00", bounced_at="2026-03-20 12:01+00"
        )
    refresh(tx)
    row = board(tx, olga)[0]

    assert row["name"] == "Ann"
    assert row["campaign_bounce_rate"] == 100
    assert row["campaign_reply_rate"] == row["campaign_open_rate"] == 0


def test_machines_and_early_replies_are_kept_and_not_counted(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    gym, olga, ann, _ = team
    campaign = builders.campaign(tx, gym)
    lead = builders.lead(tx, gym, ann)
    builders.recipient(
        tx,
        gym,
        campaign,
        lead,
        "2026-03-20 12:00+00",
        machine_opened=True,
        first_replied_at="2026-03-19 12:00+00",
    )
    refresh(tx)
    row = next(row for row in board(tx, olga) if row["name"] == "Ann")

    assert (row["campaign_leads_sent"], row["campaign_replies"], row["campaign_opens"]) == (1, 0, 0)
    assert row["campaign_machine_opens"] == 1


def test_results_stay_with_the_owner_at_send(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    gym, olga, ann, bea = team
    lead = builders.lead(tx, gym, ann, "2026-03-19 12:00+00")
    builders.recipient(
        tx,
        gym,
        builders.campaign(tx, gym),
        lead,
        "2026-03-20 12:00+00",
        first_replied_at="2026-03-22 12:00+00",
    )
    tx.execute("update crm.leads set owner_user_id = %s where id = %s", (bea, lead))
    refresh(tx)
    rows = {row["name"]: row for row in board(tx, olga)}

    assert (rows["Ann"]["campaign_replies"], rows["Bea"]["campaign_replies"]) == (1, 0)
    assert (rows["Ann"]["new_leads_owned"], rows["Bea"]["new_leads_owned"]) == (0, 1)


def test_the_day_of_23_hours_is_one_day(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    """29 March in Amsterdam lasts from 28 March 23:00 to 29 March 22:00 UTC."""
    gym, olga, ann, _ = team
    for moment in ("28 22:59:59", "28 23:00:00", "29 21:59:59", "29 22:00:00"):
        builders.lead(tx, gym, ann, f"2026-03-{moment}+00")
    refresh(tx)
    (row,) = [row for row in board(tx, olga, days=1) if row["name"] == "Ann"]

    assert row["new_leads_owned"] == 2
    assert (row["window_from_day"], row["window_to_day"]) == ("2026-03-29", "2026-03-30")


def test_who_left_is_not_ranked_and_who_was_erased_goes_by_the_id(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    gym, olga, ann, bea = team
    builders.lead(tx, gym, ann, "2026-03-20 12:00+00")
    builders.lead(tx, gym, bea, "2026-03-20 12:00+00")
    tx.execute("update crm.members set deactivated_at = '2026-03-25' where user_id = %s", (ann,))
    tx.execute("select crm.erase_user(%s)", (bea,))
    refresh(tx)
    rows = board(tx, olga, sort_by="new_leads")

    assert [(row["name"], row["email"], row["new_leads_owned"]) for row in rows] == [
        (str(bea), None, 1),
        ("Olga", f"{rows[1]['email']}", 0),
    ]
    # The history of who left stays.
    kept = tx.execute(
        "select new_leads_owned from metrics.rep_performance(%s, '2026-03-01', '2026-04-01')"
        " where user_id = %s",
        (gym, ann),
    ).fetchone()
    assert kept == (1,)


def test_a_rank_moves_against_the_days_before(
    tx: psycopg.Connection, team: tuple[UUID, UUID, UUID, UUID]
) -> None:
    """Last week Bea had 2 leads and Ann 1; this week Ann has 3 and Bea 1."""
    gym, olga, ann, bea = team
    for person, day, count in ((bea, 20, 2), (ann, 21, 1), (ann, 25, 3), (bea, 26, 1)):
        for _ in range(count):
            builders.lead(tx, gym, person, f"2026-03-{day} 12:00+00")
    refresh(tx)

    assert places(board(tx, olga, days=7, sort_by="new_leads")) == [
        ("Ann", 1, 1),
        ("Bea", 2, -1),
        ("Olga", 3, 0),
    ]
