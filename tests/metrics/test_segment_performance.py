"""Segment figures: over random facts against the recomputation of segment_model.py, and the cases
that have a name."""

import random
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import dict_row

from tests import builders as make
from tests.metrics import segment_model as model
from tests.metrics.segment_model import Recipient, Row, Segment
from tests.refreshing import refresh
from tests.sessions import freeze

ZONES = ("UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Pacific/Auckland")
MOMENTS = (
    # Berlin changes to summer time: a day of 23 hours, an hour that does not exist.
    "2026-03-29 12:00+00",
    # Berlin changes back: an hour that is lived twice.
    "2025-10-26 12:00+00",
    "2026-01-15 10:59:59.999999+00",
)


class World(NamedTuple):
    workspace: UUID
    zone: str
    owners: list[UUID]
    segments: list[Segment]
    recipients: list[Recipient]


def write_random_facts(
    tx: psycopg.Connection, dice: random.Random, now: datetime, size: int
) -> World:
    """One workspace with segments of all kinds and some recipients, most of them of late."""
    zone = dice.choice(ZONES)
    gym = make.workspace(tx, timezone=zone)
    places: list[tuple[UUID | None, str]] = [(None, zone)]
    places += [(make.branch(tx, gym, timezone=z), z) for z in dice.sample(ZONES, 2)]
    owners = [make.member(tx, gym) for _ in range(3)]
    segments = [
        Segment(
            # Names of equal length, some equal rates: ties are told apart by size, then name.
            make.segment(tx, gym, f"{dice.choice('ABC')}{n}", archived_at=archived),
            "",
            archived is None,
        )
        for n, archived in enumerate([None, None, None, None, None, now])
    ]
    names = dict(
        tx.execute("select id, name from crm.segments where workspace_id = %s", (gym,)).fetchall()
    )
    segments = [Segment(s.id, names[s.id], s.is_active) for s in segments]
    campaigns = [make.campaign(tx, gym, f"Campaign {n}") for n in range(3)]
    # Few distinct hours, so that some reach 20; likely answers differ from person to person.
    hours = [dice.randrange(24) for _ in range(3)]
    eager = dice.random() / 2
    recipients: list[Recipient] = []
    for _ in range(size):
        branch, where = dice.choice(places)
        won = dice.choice(["won", "completed", "lost", "new", "new"])
        ago = timedelta(days=dice.choice([0, 0, 1, 6, 7, 29, 30, 89, 364, 365]))
        sent_at = (
            now.replace(minute=0, second=0, microsecond=0)
            - ago
            - timedelta(hours=dice.choice(hours))
        )
        won_at = sent_at + timedelta(days=dice.choice([-1, 0, 2])) if won != "new" else None
        lead = make.lead(
            tx,
            gym,
            None,
            sent_at - timedelta(days=400),
            branch_id=branch,
            status=won,
            won_at=won_at,
        )
        later = timedelta(minutes=dice.choice([0, 7, 600]))
        recipient = Recipient(
            campaign=dice.choice(campaigns),
            zone=where,
            owner=dice.choice([None, *owners]),
            variant=dice.choice("AB"),
            sent_at=sent_at if dice.random() < 0.95 else None,
            delivered=dice.random() < 0.9,
            opened=dice.random() < 0.5,
            machine_opened=dice.random() < 0.2,
            clicked=dice.random() < 0.2,
            replied_at=sent_at + later if dice.random() < eager else None,
            bounced=dice.random() < 0.1,
            won_at=won_at,
            is_won=won == "won" or (won == "completed" and won_at is not None),
        )
        if dice.random() < 0.05:
            recipient.replied_at = sent_at - timedelta(seconds=1)
        make.recipient(
            tx, gym, recipient.campaign, lead, recipient.sent_at,
            owner_at_send=recipient.owner, variant=recipient.variant,
            delivered_at=sent_at if recipient.delivered else None,
            first_opened_at=sent_at if recipient.opened else None,
            machine_opened=recipient.machine_opened,
            first_clicked_at=sent_at if recipient.clicked else None,
            first_replied_at=recipient.replied_at,
            bounced_at=sent_at if recipient.bounced else None,
        )  # fmt: skip
        if recipient.sent_at is not None:
            for segment in dice.sample(segments, dice.choice([0, 1, 1, 2, 3])):
                version, recomputed = dice.choice([1, 2]), dice.random() < 0.1
                recipient.segments[segment.id] = (version, recomputed)
                tx.execute(
                    """
                    insert into crm.campaign_lead_segments (
                        workspace_id, campaign_id, lead_id, segment_id, segment_version,
                        is_recomputed
                    )
                    values (%s, %s, %s, %s, %s, %s)
                    """,
                    (gym, recipient.campaign, lead, segment.id, version, recomputed),
                )
        recipients.append(recipient)
    return World(gym, zone, owners, segments, recipients)


def figures(
    tx: psycopg.Connection,
    workspace: UUID,
    from_day: date,
    to_day: date,
    owners: Collection[UUID] | None = None,
) -> dict[UUID, dict[str, object]]:
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select * from metrics.segment_performance(%s, %s, %s, %s)",
            (workspace, from_day, to_day, None if owners is None else list(owners)),
        ).fetchall()
    assert {row.pop("workspace_id") for row in rows} <= {workspace}
    return {row.pop("segment_id"): row for row in rows}


def assert_same(found: dict[str, object], expected: Row) -> None:
    """The same columns, and each the same to the ninth digit."""
    assert set(found) == set(expected)
    for column, value in expected.items():
        actual = found[column]
        if isinstance(actual, Decimal) and isinstance(value, int | Fraction):
            assert abs(Fraction(actual) - value) <= Fraction(1, 10**9) * max(1, abs(value)), column
        else:
            assert actual == value, column


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10**6), moment=st.sampled_from(MOMENTS), size=st.sampled_from([0, 30, 400])
)
def test_every_figure_of_random_histories(
    tx: psycopg.Connection, seed: int, moment: str, size: int
) -> None:
    now = datetime.fromisoformat(moment)
    with tx.transaction(force_rollback=True):
        freeze(tx, moment)
        world = write_random_facts(tx, random.Random(seed), now, size)
        refresh(tx)
        to_day = now.astimezone(ZoneInfo(world.zone)).date() + timedelta(days=1)
        for days, owners in ((1, None), (8, None), (45, world.owners[:1]), (365, world.owners)):
            from_day = to_day - timedelta(days=days)
            found = figures(tx, world.workspace, from_day, to_day, owners)
            expected = model.performance(world.segments, world.recipients, from_day, to_day, owners)
            assert found.keys() == expected.keys()
            for segment, row in expected.items():
                assert_same(found[segment], row)
        # The stored windows are the same function, at the same days.
        for days in (7, 30, 90, 365):
            expected = model.performance(
                world.segments, world.recipients, to_day - timedelta(days=days), to_day
            )
            with tx.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(
                    "select * from stats.segment_performance_stats"
                    " where workspace_id = %s and window_days = %s",
                    (world.workspace, days),
                ).fetchall()
            assert len(rows) == len(expected)
            for row in rows:
                assert row.pop("workspace_id") == world.workspace
                assert (row.pop("window_days"), row.pop("window_to_day")) == (days, to_day)
                assert row.pop("as_of") == now
                assert_same(row, expected[row.pop("segment_id")])
        check_parts(tx, world, to_day - timedelta(days=365), to_day)
        check_trend(tx, world, to_day - timedelta(days=1))


def check_parts(tx: psycopg.Connection, world: World, from_day: date, to_day: date) -> None:
    """By hour, weekday, version; by campaign and variant."""
    for segment in world.segments:
        own = [
            r
            for r in model.within(world.recipients, from_day, to_day, None)
            if segment.id in r.segments
        ]
        expected: dict[tuple[str, int], list[int]] = {}
        by_variant: dict[tuple[UUID, str], list[int]] = {}
        for r in own:
            for key in (
                ("hour", r.local.hour),
                ("weekday", r.local.isoweekday()),
                ("version", r.segments[segment.id][0]),
            ):
                counts = [1, r.opened, r.replied, r.bounced, r.converted]
                known = expected.get(key, [0] * 5)
                expected[key] = [a + b for a, b in zip(known, counts, strict=True)]
            known = by_variant.get((r.campaign, r.variant), [0, 0])
            by_variant[r.campaign, r.variant] = [known[0] + 1, known[1] + r.replied]
        arguments = (world.workspace, segment.id, from_day, to_day)
        rows = tx.execute(
            "select * from metrics.segment_breakdown(%s, %s, %s, %s)", arguments
        ).fetchall()
        assert {(what, key): counts for what, key, *counts in rows} == expected
        rows = tx.execute(
            "select campaign_id, variant, leads_sent, replied"
            " from metrics.segment_variants(%s, %s, %s, %s)",
            arguments,
        ).fetchall()
        assert {(campaign, variant): counts for campaign, variant, *counts in rows} == by_variant


def check_trend(tx: psycopg.Connection, world: World, today: date) -> None:
    for bucket, starts in (
        ("day", [today - timedelta(days=n) for n in range(9, -1, -1)]),
        (
            "week",
            [today - timedelta(days=today.weekday() + 7 * n) for n in range(9, -1, -1)],
        ),
        (
            "month",
            [
                date(today.year - (n - today.month + 12) // 12, (today.month - 1 - n) % 12 + 1, 1)
                for n in range(9, -1, -1)
            ],
        ),
    ):
        ends = [*starts[1:], today + timedelta(days=1)]
        for segment in world.segments[:2]:
            rows = tx.execute(
                "select from_day, to_day, leads_sent, replied, reply_rate, avg_reply_hours"
                " from metrics.segment_trend(%s, %s, %s, 10, %s)",
                (world.workspace, segment.id, bucket, today),
            ).fetchall()
            assert [(row[0], row[1]) for row in rows] == list(zip(starts, ends, strict=True))
            for from_day, to_day, sent, replied, rate, hours in rows:
                expected = model.performance([segment], world.recipients, from_day, to_day)[
                    segment.id
                ]
                assert (sent, replied) == (expected["leads_sent"], expected["replied"])
                for found, wanted in ((rate, "reply_rate"), (hours, "avg_reply_hours")):
                    value = expected[wanted]
                    assert (found is None) == (value is None)
                    assert found is None or float(found) == pytest.approx(float(value or 0))


# --- the cases that have a name ---

SENT = "2026-03-18 09:15+00"


class Gym(NamedTuple):
    id: UUID
    campaign: UUID
    ann: UUID


@pytest.fixture
def gym(tx: psycopg.Connection) -> Gym:
    freeze(tx, "2026-03-20 12:00+00")
    gym = make.workspace(tx)
    return Gym(gym, make.campaign(tx, gym), make.member(tx, gym))


def send(
    tx: psycopg.Connection, gym: Gym, segment: UUID, sent: int, replied: int, **columns: object
) -> None:
    """``sent`` recipients of one segment, of whom the first ``replied`` have replied."""
    at = str(columns.pop("at", SENT))
    for number in range(sent):
        lead = make.lead(tx, gym.id, gym.ann)
        reply = at if number < replied else None
        make.recipient(tx, gym.id, gym.campaign, lead, at, first_replied_at=reply, **columns)
        place(tx, gym, lead, segment)


def place(tx: psycopg.Connection, gym: Gym, lead: UUID, segment: UUID) -> None:
    tx.execute(
        "insert into crm.campaign_lead_segments"
        " (workspace_id, campaign_id, lead_id, segment_id, segment_version)"
        " values (%s, %s, %s, %s, 1)",
        (gym.id, gym.campaign, lead, segment),
    )


def standings(tx: psycopg.Connection, gym: Gym) -> list[tuple[object, ...]]:
    """(name, sent, rank, place, provisional), as listed."""
    refresh(tx)
    return tx.execute(
        """
        select g.name, f.leads_sent, f.reply_rank, f.reply_position, f.is_provisional
        from metrics.segment_window(%s, 30) as f
        inner join crm.segments as g on g.workspace_id = f.workspace_id and g.id = f.segment_id
        order by f.reply_position nulls last, g.name
        """,
        (gym.id,),
    ).fetchall()


def test_ranks_ties_and_provisional_segments(tx: psycopg.Connection, gym: Gym) -> None:
    names = ("Twin B", "Twin A", "Best", "Lucky", "Quiet", "Gone", "Small")
    segments = {
        name: make.segment(tx, gym.id, name, archived_at=SENT if name == "Gone" else None)
        for name in names
    }
    # 3 of 40 and 3 of 40 are equal; 19 of 19 is too few to be ranked. 30 % of 100 and of 20 are
    # both drawn to the workspace's own rate, 61 of 249, the smaller one more: (30 + 2.45) / 110 =
    # 0.295, (6 + 2.45) / 30 = 0.282.
    for name, sent, replied in (
        ("Twin B", 40, 3),
        ("Twin A", 40, 3),
        ("Best", 100, 30),
        ("Small", 20, 6),
        ("Lucky", 19, 19),
        ("Gone", 30, 0),
    ):
        send(tx, gym, segments[name], sent, replied)
    assert standings(tx, gym) == [
        ("Best", 100, 1, 1, False),
        ("Small", 20, 2, 2, False),
        ("Twin A", 40, 3, 3, False),
        ("Twin B", 40, 3, 4, False),
        ("Lucky", 19, None, 5, True),
        ("Gone", 30, None, None, False),
        ("Quiet", 0, None, None, False),
    ]


def test_nothing_sent_and_all_bounced(tx: psycopg.Connection, gym: Gym) -> None:
    quiet, dead = make.segment(tx, gym.id, "Quiet"), make.segment(tx, gym.id, "Dead")
    refresh(tx)
    day = date(2026, 3, 18)
    empty = figures(tx, gym.id, day, day + timedelta(days=1))[quiet]
    assert {name for name, value in empty.items() if value not in (0, None)} == set()
    assert empty["is_provisional"] is False
    assert [empty[name] for name in ("reply_rate", "prior_reply_rate", "best_hour")] == [None] * 3

    send(tx, gym, dead, 25, 0, bounced_at=SENT)
    refresh(tx)
    row = figures(tx, gym.id, day, day + timedelta(days=1))[dead]
    assert [row[name] for name in ("bounce_rate", "reply_rate", "open_rate")] == [1, 0, 0]
    assert (row["reply_rank"], row["shrunk_reply_rate"], row["avg_reply_hours"]) == (1, 0, None)


def test_a_lead_in_two_segments_counts_in_both_and_once_in_the_prior(
    tx: psycopg.Connection, gym: Gym
) -> None:
    first, second = make.segment(tx, gym.id), make.segment(tx, gym.id)
    lead = make.lead(tx, gym.id)
    make.recipient(tx, gym.id, gym.campaign, lead, SENT, first_replied_at=SENT)
    place(tx, gym, lead, first)
    place(tx, gym, lead, second)
    # In no segment, and without a reply.
    make.recipient(tx, gym.id, gym.campaign, make.lead(tx, gym.id), SENT)
    refresh(tx)
    rows = figures(tx, gym.id, date(2026, 3, 18), date(2026, 3, 19))
    for segment in (first, second):
        assert (rows[segment]["leads_sent"], rows[segment]["replied"]) == (1, 1)
        assert rows[segment]["prior_reply_rate"] == Decimal("0.5")


def test_a_change_of_owner_after_the_send_changes_nothing(tx: psycopg.Connection, gym: Gym) -> None:
    segment, ben = make.segment(tx, gym.id), make.member(tx, gym.id)
    send(tx, gym, segment, 3, 1)
    tx.execute("update crm.leads set owner_user_id = %s where workspace_id = %s", (ben, gym.id))
    refresh(tx)
    day = date(2026, 3, 18)
    by_owner = [
        figures(tx, gym.id, day, day + timedelta(days=1), [owner])[segment]["leads_sent"]
        for owner in (gym.ann, ben)
    ]
    assert by_owner == [3, 0]


def test_best_hour_and_weekday_on_the_day_the_clocks_change(tx: psycopg.Connection) -> None:
    """On 29 March 2026 in Berlin 01:30 UTC is 03:30: the hour from 2 to 3 does not exist."""
    freeze(tx, "2026-03-29 12:00+00")
    gym = make.workspace(tx, timezone="Europe/Berlin")
    place_of = Gym(gym, make.campaign(tx, gym), make.member(tx, gym))
    segment = make.segment(tx, gym)
    send(tx, place_of, segment, 20, 2, at="2026-03-29 00:30+00")
    send(tx, place_of, segment, 20, 5, at="2026-03-29 01:30+00")
    # 19 are too few to tell, however good they are; Saturday has as many as it needs, and fewer
    # replies.
    send(tx, place_of, segment, 19, 19, at="2026-03-27 10:30+00")
    send(tx, place_of, segment, 20, 0, at="2026-03-28 22:59:59+00")
    refresh(tx)
    row = figures(tx, gym, date(2026, 3, 1), date(2026, 3, 30))[segment]
    best = ("best_hour", "best_hour_sent", "best_hour_replied")
    assert [row[name] for name in best] == [3, 20, 5]
    best = ("best_weekday", "best_weekday_sent", "best_weekday_replied")
    assert [row[name] for name in best] == [7, 40, 7]
    hours = tx.execute(
        "select key, leads_sent from metrics.segment_breakdown(%s, %s, %s, %s)"
        " where what = 'hour' order by key",
        (gym, segment, "2026-03-01", "2026-03-30"),
    ).fetchall()
    assert hours == [(1, 20), (3, 20), (11, 19), (23, 20)]


@pytest.mark.parametrize(
    ("arms", "verdicts"),
    [
        ({"A": (310, 43), "B": (180, 16)}, ["no_difference"]),
        ({"A": (100, 10), "B": (100, 25)}, ["better"]),
        ({"A": (100, 25), "B": (100, 10)}, ["worse"]),
        # The same two with a third one beside them: 5 % are shared by two comparisons.
        ({"A": (100, 10), "B": (100, 20), "C": (100, 10)}, ["no_difference", "no_difference"]),
        ({"A": (100, 10), "B": (100, 20)}, ["better"]),
        ({"A": (19, 0), "B": (100, 50)}, ["not_enough_data"]),
        ({"A": (100, 0), "B": (100, 3)}, ["not_enough_data"]),
        ({"": (100, 10)}, []),
    ],
)
def test_variants(
    tx: psycopg.Connection, gym: Gym, arms: dict[str, tuple[int, int]], verdicts: list[str]
) -> None:
    segment = make.segment(tx, gym.id)
    for variant, (sent, replied) in arms.items():
        send(tx, gym, segment, sent, replied, variant=variant)
    # The same variant of another campaign is another message.
    other = gym._replace(campaign=make.campaign(tx, gym.id, "Autumn"))
    send(tx, other, segment, 30, 30, variant="B")
    refresh(tx)
    rows = tx.execute(
        "select variant, baseline, leads_sent, replied, verdict, difference, p_value"
        " from metrics.segment_variants(%s, %s, '2026-03-01', '2026-04-01')"
        " where campaign_id = %s order by variant",
        (gym.id, segment, gym.campaign),
    ).fetchall()
    assert [(v, (sent, replied)) for v, _, sent, replied, *_ in rows] == list(arms.items())
    baseline = next(iter(arms))
    assert rows[0][4:] == (None, None, None)
    assert [row[4] for row in rows[1:]] == verdicts
    n1, k1 = arms[baseline]
    for variant, first, sent, replied, verdict, difference, p in rows[1:]:
        assert (first, sent, replied) == (baseline, *arms[variant])
        assert float(difference) == pytest.approx(replied / sent - k1 / n1)
        assert (p is None) == (verdict == "not_enough_data")


def test_top_segments_for_other_jobs(tx: psycopg.Connection, gym: Gym) -> None:
    names = ("Best", "Good", "Few", "Quiet")
    segments = {name: make.segment(tx, gym.id, name) for name in names}
    send(tx, gym, segments["Best"], 20, 10)
    send(tx, gym, segments["Good"], 20, 5, first_opened_at=SENT)
    send(tx, gym, segments["Few"], 5, 5)
    refresh(tx)

    def top(*arguments: object) -> list[tuple[object, ...]]:
        holes = sql.SQL(", ").join(sql.Placeholder() * (len(arguments) + 1))
        query = sql.SQL(
            "select place, rank, segment_id, is_provisional from metrics.top_segments({})"
        )
        rows = tx.execute(query.format(holes), (gym.id, *arguments)).fetchall()
        label = {key: name for name, key in segments.items()}
        return [(place, rank, label[key], few) for place, rank, key, few in rows]

    assert top() == [(1, 1, "Best", False), (2, 2, "Good", False), (3, None, "Few", True)]
    assert top(30, "reply_rate", 1) == [(1, 1, "Best", False)]
    assert top(30, "open_rate", 2) == [(1, 1, "Good", False), (2, 2, "Best", False)]
    # The day of sending is two days ago.
    assert top(2) == []
    assert [row[2] for row in top(3)] == ["Best", "Good", "Few"]
    assert top(30, "reply_rate", 5, [make.member(tx, gym.id)]) == []


def test_windows_end_with_the_workspaces_own_today(tx: psycopg.Connection) -> None:
    freeze(tx, datetime(2026, 3, 20, 23, 30, tzinfo=UTC))
    for zone, expected in (("UTC", date(2026, 3, 21)), ("Europe/Berlin", date(2026, 3, 22))):
        gym = make.workspace(tx, timezone=zone)
        make.segment(tx, gym)
        row = tx.execute(
            "select window_to_day from metrics.segment_window(%s, 7)", (gym,)
        ).fetchone()
        assert row == (expected,)
