"""Rules of segments: which are possible, whom they mean, their versions, and who was in when sent
to."""

from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from typing import LiteralString, NamedTuple, TypeVar, cast
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import builders as make
from tests.crm.test_events import apply, event
from tests.crm.test_import import apply as land
from tests.crm.test_import import create, stage
from tests.refreshing import FAMILIES
from tests.sessions import as_login, as_user, freeze

NOW = "2026-03-20 12:00+00"
STATUSES = (
    "new",
    "accepted",
    "rejected",
    "contacted",
    "in_progress",
    "qualified",
    "won",
    "lost",
    "completed",
)
Filter = Mapping[str, object]
V = TypeVar("V", float, datetime)


class Gym(NamedTuple):
    id: UUID
    owner: UUID
    ann: UUID


@pytest.fixture
def gym(tx: psycopg.Connection) -> Gym:
    freeze(tx, NOW)
    gym = make.workspace(tx)
    return Gym(gym, make.member(tx, gym, "owner"), make.member(tx, gym, "agent"))


# --- which rules are possible ---


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ({}, []),
        (
            {
                "sources": ["web"],
                "statuses": ["new", "won"],
                "countries": ["US"],
                "roles": ["Founder"],
                "company_sizes": ["1-10"],
                "industries": ["SaaS"],
                "tags": ["hot"],
                "min_score": 10,
                "max_score": 10,
                "has_email": True,
                "has_phone": False,
                "created_after": "2026-03-01T00:00:00+01:00",
                "created_before": "2026-03-01t00:00:00.5Z",
            },
            [],
        ),
        ([], [("", "A rule is an object.")]),
        ({"source": ["web"]}, [("source", "There is no such key.")]),
        ({"Sources": ["web"]}, [("Sources", "There is no such key.")]),
        ({"sources": "web"}, [("sources", "A list of texts.")]),
        ({"sources": None}, [("sources", "A list of texts.")]),
        ({"sources": ["web", 1]}, [("sources", "A list of texts.")]),
        ({"sources": []}, [("sources", "A list of 1 to 100 values.")]),
        ({"tags": ["x"] * 101}, [("tags", "A list of 1 to 100 values.")]),
        ({"sources": [""]}, [("sources", "Values of 1 to 100 characters.")]),
        ({"company_sizes": ["x" * 61]}, [("company_sizes", "Values of 1 to 60 characters.")]),
        (
            {"statuses": ["converted"]},
            [
                (
                    "statuses",
                    f"Each one of {', '.join(STATUSES)}.",
                )
            ],
        ),
        ({"min_score": "7"}, [("min_score", "A number from -1000000000 to 1000000000.")]),
        ({"max_score": 1e10}, [("max_score", "A number from -1000000000 to 1000000000.")]),
        ({"min_score": 2, "max_score": 1}, [("max_score", "Not below min_score.")]),
        ({"has_email": "true"}, [("has_email", "true or false.")]),
        (
            {"created_after": "2026-03-01"},
            [("created_after", "A possible time in the form of RFC 3339, with its offset.")],
        ),
        (
            {"created_before": "2026-02-30T00:00:00Z"},
            [("created_before", "A possible time in the form of RFC 3339, with its offset.")],
        ),
        (
            {
                "created_after": "2026-03-02T00:00:00Z",
                "created_before": "2026-03-02T00:00:00+01:00",
            },
            [("created_before", "Not below created_after.")],
        ),
        (
            {"has_phone": 1, "vips": True},
            [("has_phone", "true or false."), ("vips", "There is no such key.")],
        ),
    ],
)
def test_what_is_wrong_with_a_rule(
    tx: psycopg.Connection, gym: Gym, rule: object, faults: list[tuple[str, str]]
) -> None:
    found = tx.execute(
        "select field, message from crm.filter_faults(%s) order by field", (Jsonb(rule),)
    ).fetchall()
    assert found == faults

    # No way into the table goes past it.
    if faults and isinstance(rule, dict):
        segment = make.segment(tx, gym.id)
        for statement in (
            "insert into crm.segments (workspace_id, name, filter) values (%(w)s, 'x', %(f)s)",
            "update crm.segments set filter = %(f)s where id = %(s)s",
        ):
            with pytest.raises(psycopg.Error) as refusal, tx.transaction():
                tx.execute(statement.encode(), {"w": gym.id, "f": Jsonb(rule), "s": segment})
            assert refusal.value.sqlstate == "LB400"
            assert refusal.value.diag.message_detail is not None
            assert f'"filter.{faults[0][0]}"' in refusal.value.diag.message_detail


# --- whom they mean ---

WORDS = ["web", "fair", "it's", "\\", "%", "a,b", "{x}", "null", "US"]
SCORES = [None, -5, 0, 40, 65]
START = datetime(2026, 3, 1, tzinfo=UTC)

words = st.sampled_from(WORDS)
leads = st.lists(
    st.fixed_dictionaries(
        {
            "source": words,
            "status": st.sampled_from(["new", "contacted", "won"]),
            "country": st.none() | words,
            "job_title": st.none() | words,
            "company_size": st.none() | words,
            "industry": st.none() | st.sampled_from([0, 1, 2]),
            "email": st.sampled_from([None, "", "a@b.test"]),
            "phone": st.sampled_from([None, "", "1"]),
            "tags": st.lists(words, max_size=3),
            "score": st.sampled_from(SCORES),
            "hours": st.integers(0, 6),
        }
    ),
    min_size=1,
    max_size=12,
)
lists = st.lists(words, min_size=1, max_size=3)
hours = st.integers(0, 6).map(lambda h: (START + timedelta(hours=h)).isoformat())
rules = st.fixed_dictionaries(
    {},
    optional={
        "sources": lists,
        "statuses": st.lists(st.sampled_from(["new", "contacted", "lost"]), min_size=1, max_size=2),
        "countries": lists,
        "roles": lists,
        "company_sizes": lists,
        "industries": st.lists(
            st.sampled_from(["Industry 0", "Industry 1", "2", "unknown"]), min_size=1, max_size=2
        ),
        "tags": lists,
        "min_score": st.sampled_from([-5, 0, 40.5]),
        "max_score": st.sampled_from([40.5, 65, 100]),
        "has_email": st.booleans(),
        "has_phone": st.booleans(),
        "created_after": hours,
        "created_before": hours,
    },
)


def fulfils(lead: Mapping[str, object], rule: Filter) -> bool:
    """The rule once more, in plain Python."""

    def among(key: str, *values: object) -> bool:
        wanted = cast("list[object] | None", rule.get(key))
        return wanted is None or any(value in wanted for value in values)

    def within(value: V | None, low: V | None, high: V | None) -> bool:
        return (low is None or (value is not None and value >= low)) and (
            high is None or (value is not None and value < high)
        )

    industry = lead["industry"]
    named = () if industry is None else (f"Industry {industry}", str(industry))
    score = cast("float | None", lead["score"])
    low, high = cast("float | None", rule.get("min_score")), rule.get("max_score")
    after, before = (
        datetime.fromisoformat(str(rule[key])) if key in rule else None
        for key in ("created_after", "created_before")
    )
    return (
        among("sources", lead["source"])
        and among("statuses", lead["status"])
        and among("countries", lead["country"])
        and among("roles", lead["job_title"])
        and among("company_sizes", lead["company_size"])
        and among("industries", *named)
        and among("tags", *cast("list[str]", lead["tags"]))
        and within(score, low, None)
        # The upper bound of the score is part of the range.
        and (high is None or (score is not None and score <= cast("float", high)))
        and ("has_email" not in rule or bool(lead["email"]) == rule["has_email"])
        and ("has_phone" not in rule or bool(lead["phone"]) == rule["has_phone"])
        and within(START + timedelta(hours=int(str(lead["hours"]))), after, before)
    )


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(leads, rules)
def test_whom_a_rule_means(
    tx: psycopg.Connection, gym: Gym, people: list[dict[str, object]], rule: dict[str, object]
) -> None:
    with tx.transaction(force_rollback=True):
        industries = [make.industry(tx, f"Industry {n}") for n in range(3)]
        ids: dict[UUID, dict[str, object]] = {}
        for lead in people:
            columns = dict(lead)
            at = START + timedelta(hours=int(str(columns.pop("hours"))))
            number = columns.pop("industry")
            industry = None if number is None else industries[int(str(number))]
            ids[make.lead(tx, gym.id, None, at, industry_id=industry, **columns)] = lead
        # An id stands for the industry as well as its name does.
        as_ids = dict(rule)
        if "industries" in rule:
            names = cast("list[str]", rule["industries"])
            as_ids["industries"] = [str(industries[2]) if n == "2" else n for n in names]
        found = {
            key
            for (key,) in tx.execute(
                "select id from crm.matching_leads(%s, %s)", (gym.id, Jsonb(as_ids))
            )
        }
    assert found == {key for key, lead in ids.items() if fulfils(lead, rule)}


def test_erased_leads_fulfil_no_rule_and_other_workspaces_are_away(
    tx: psycopg.Connection, gym: Gym
) -> None:
    other = make.workspace(tx)
    make.lead(tx, other)
    kept, erased = make.lead(tx, gym.id), make.lead(tx, gym.id)
    tx.execute("update crm.leads set erased_at = app.now() where id = %s", (erased,))
    found = tx.execute("select id from crm.matching_leads(%s, '{}')", (gym.id,)).fetchall()
    assert found == [(kept,)]


# --- versions ---


def save(tx: psycopg.Connection, gym: Gym, segment: UUID | None, **fields: object) -> UUID:
    with as_login(tx, "leadboard_api"), as_user(tx, gym.owner):
        row = tx.execute(
            "select crm.save_segment(%s, %s, %s)", (gym.id, segment, Jsonb(fields))
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_changed_rule_is_a_new_version(tx: psycopg.Connection, gym: Gym) -> None:
    segment = save(tx, gym, None, name=" Vips ", filter={"tags": ["vip"], "min_score": 5})
    save(tx, gym, segment, name="Very important")
    # The same rule in other words is the same rule.
    save(tx, gym, segment, filter={"min_score": 5.0, "tags": ["vip"]})
    save(tx, gym, segment, filter={"tags": ["vip"]})
    save(tx, gym, segment, archived=True)
    freeze(tx, "2026-03-21 12:00+00")
    save(tx, gym, segment, filter={"tags": ["vip", "hot"]}, version=2, archived=False)

    assert tx.execute(
        "select name, version, archived_at, created_by_user_id from crm.segments"
    ).fetchall() == [("Very important", 3, None, gym.owner)]
    assert tx.execute(
        "select version, filter, created_by_user_id, to_char(created_at, 'DD')"
        " from crm.segment_versions order by version"
    ).fetchall() == [
        (1, {"tags": ["vip"], "min_score": 5}, gym.owner, "20"),
        (2, {"tags": ["vip"]}, gym.owner, "20"),
        (3, {"tags": ["vip", "hot"]}, gym.owner, "21"),
    ]


def test_what_cannot_be_saved(tx: psycopg.Connection, gym: Gym) -> None:
    segment = save(tx, gym, None, name="Vips", filter={})
    foreign = make.segment(tx, make.workspace(tx))
    make.segment(tx, gym.id, "Old", archived_at=NOW)
    cases: list[tuple[str, UUID | None, dict[str, object]]] = [
        ("LB400", None, {"name": "", "filter": {}}),
        ("LB400", None, {"name": "x" * 201, "filter": {}}),
        ("LB400", None, {"name": "x"}),
        ("LB400", None, {"filter": {}}),
        ("LB400", segment, {"name": " "}),
        ("LB400", segment, {"filter": {"nonsense": 1}}),
        ("LB409", None, {"name": "Vips", "filter": {}}),
        ("LB409", segment, {"name": "Old"}),
        ("LB409", segment, {"filter": {"tags": ["x"]}, "version": 2}),
        ("LB404", foreign, {"name": "Mine"}),
        ("LB404", make.new_id(), {"name": "Mine"}),
    ]
    for code, key, fields in cases:
        with pytest.raises(psycopg.Error) as refusal, tx.transaction():
            save(tx, gym, key, **fields)
        assert refusal.value.sqlstate == code, fields
    assert tx.execute("select count(*), max(version) from crm.segments where name = 'Vips'")\
        .fetchone() == (1, 1)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "code"), [("manager", "LB403"), ("partner", "LB403"), (None, "LB404")]
)
def test_who_may_save(tx: psycopg.Connection, gym: Gym, role: str | None, code: str) -> None:
    person = make.member(tx, gym.id, role) if role else make.member(tx, make.workspace(tx), "owner")
    with pytest.raises(psycopg.Error) as refusal, tx.transaction():
        save(tx, gym._replace(owner=person), None, name="Mine", filter={})
    assert refusal.value.sqlstate == code


# --- who was in when sent to ---


def places(tx: psycopg.Connection) -> list[tuple[object, ...]]:
    """(lead's external id, segment, version, recomputed), sorted."""
    return tx.execute(
        """
        select l.external_id, s.name, c.segment_version, c.is_recomputed
        from crm.campaign_lead_segments as c
        inner join crm.segments as s on s.workspace_id = c.workspace_id and s.id = c.segment_id
        inner join crm.leads as l on l.workspace_id = c.workspace_id and l.id = c.lead_id
        order by 1, 2
        """
    ).fetchall()


NAMES = {"campaign_external_id": "C1", "lead_external_id": "L1"}


@pytest.fixture
def sent(tx: psycopg.Connection, gym: Gym) -> dict[str, UUID]:
    """Three segments, an archived one, a campaign for the first, and a lead that the second and the
    archived one mean."""
    segments = {
        name: make.segment(tx, gym.id, name, rule, archived_at=archived)
        for name, rule, archived in [
            ("Own", {"tags": ["vip"]}, None),
            ("Web", {"sources": ["web"]}, None),
            ("Rich", {"min_score": 50}, None),
            ("Gone", {"sources": ["web"]}, NOW),
        ]
    }
    apply(
        tx,
        gym.id,
        event("lead.created", "08:00", external_id="L1", source="web", score=10),
        event("campaign.created", "08:00", external_id="C1", name="Spring", segment="Own"),
    )
    return segments


def test_the_snapshot_is_what_the_rules_say_when_it_is_sent(
    tx: psycopg.Connection, gym: Gym, sent: dict[str, UUID]
) -> None:
    freeze(tx, "2026-03-20 08:59+00")
    apply(tx, gym.id, event("campaign.sent", "09:00", **NAMES))
    # The campaign's own segment too: the sender says so, whatever the rule says by now.
    assert places(tx) == [("L1", "Own", 1, False), ("L1", "Web", 1, False)]

    # What becomes of lead and rule afterwards changes nothing.
    apply(
        tx, gym.id, event("lead.updated", "10:00", lead_external_id="L1", source="fair", score=90)
    )
    save(tx, gym, sent["Web"], filter={"sources": ["fair"]})
    save(tx, gym, sent["Rich"], filter={"min_score": 60})
    tx.execute("select crm.match_history()")
    assert places(tx) == [("L1", "Own", 1, False), ("L1", "Web", 1, False)]


def test_a_sending_heard_of_late_is_history(
    tx: psycopg.Connection, gym: Gym, sent: dict[str, UUID]
) -> None:
    freeze(tx, "2026-03-20 09:01+00")
    apply(tx, gym.id, event("campaign.sent", "09:00", **NAMES))
    assert places(tx) == [("L1", "Own", 1, False)]
    # The refresh matches it.
    tx.execute("select crm.match_history()")
    assert places(tx) == [("L1", "Own", 1, False), ("L1", "Web", 1, True)]

    # History follows the rule: a new version is matched, the former match is gone.
    save(tx, gym, sent["Web"], filter={"sources": ["web", "fair"]})
    save(tx, gym, sent["Rich"], filter={"min_score": 5})
    tx.execute("select crm.match_history()")
    assert places(tx) == [
        ("L1", "Own", 1, False),
        ("L1", "Rich", 2, True),
        ("L1", "Web", 2, True),
    ]
    save(tx, gym, sent["Web"], filter={"sources": ["fair"]})
    assert tx.execute("select crm.match_history()").fetchone() == (1,)
    assert places(tx) == [("L1", "Own", 1, False), ("L1", "Rich", 2, True)]
    assert tx.execute("select crm.match_history()").fetchone() == (0,)
    # An archived segment keeps what it has.
    save(tx, gym, sent["Rich"], archived=True, filter={"min_score": 99})
    tx.execute("select crm.match_history()")
    assert places(tx) == [("L1", "Own", 1, False), ("L1", "Rich", 2, True)]


def test_the_refresh_matches_new_rules(conn: psycopg.Connection) -> None:
    freeze(conn, NOW)
    gym = make.workspace(conn)
    lead = make.lead(conn, gym, tags=["vip"])
    make.recipient(conn, gym, make.campaign(conn, gym), lead)
    make.recipient(conn, gym, make.campaign(conn, gym), lead, None)
    segment = make.segment(conn, gym, "Vips", {"tags": ["vip"]})
    conn.execute("call ops.refresh()")
    figures = (
        "select leads_sent, recomputed from stats.segment_performance_stats"
        " where segment_id = %s and window_days = 30"
    )
    assert conn.execute(figures, (segment,)).fetchone() == (1, 1)
    assert conn.execute("select * from ops.verify()").fetchall() == []

    conn.execute('update crm.segments set filter = \'{"tags": ["other"]}\'')
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")
    assert conn.execute(figures, (segment,)).fetchone() == (0, 0)
    assert conn.execute(
        "select version, matched_version from crm.segments where id = %s", (segment,)
    ).fetchone() == (2, 2)


Send = Callable[[psycopg.Connection, UUID], None]


def send_by_event(session: psycopg.Connection, gym: UUID) -> None:
    """A sending that is heard of days late."""
    apply(
        session, gym, event("campaign.sent", "2026-03-10T09:00:00Z", source_system="crm", **NAMES)
    )


def send_by_import(session: psycopg.Connection, gym: UUID) -> None:
    """A file of recipients that names no segment."""
    names = ("campaign", "lead", "sent_at")
    mapping = {"columns": {name: name for name in names}, "source_system": "crm"}
    file = create(session, gym, "recipients", mapping, ",".join(names))
    stage(session, gym, file, [("C1", "L1", "2026-03-10")])
    assert land(session, gym, file).inserted == 1


@pytest.fixture
def open_session(database: str) -> Generator[psycopg.Connection]:
    """Another session, which has not committed what it wrote."""
    with psycopg.connect(database) as session:
        freeze(session, NOW)
        session.commit()
        yield session


@pytest.fixture
def shared_gym(conn: psycopg.Connection) -> UUID:
    """A workspace with a campaign and a lead from the web, and history matched so far."""
    freeze(conn, NOW)
    gym = make.workspace(conn)
    make.campaign(conn, gym, source_system="crm", external_id="C1")
    make.lead(conn, gym, source="web", source_system="crm", external_id="L1")
    make.segment(conn, gym, "Web", {"sources": ["web"]})
    make.segment(conn, gym, "Fair", {"sources": ["fair"]})
    conn.execute("call ops.refresh()")
    return gym


HOWS = pytest.mark.parametrize("send", [send_by_event, send_by_import])


@HOWS
def test_a_rule_saved_while_history_arrives_misses_none_of_it(
    conn: psycopg.Connection, open_session: psycopg.Connection, shared_gym: UUID, send: Send
) -> None:
    send(open_session, shared_gym)
    make.segment(conn, shared_gym, "All", {})
    conn.execute("update crm.segments set filter = '{\"has_email\": false}' where name = 'Fair'")
    # The rules are matched with what there is, which is nothing yet.
    conn.execute("call ops.refresh()")
    assert places(conn) == []
    open_session.commit()

    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")
    assert places(conn) == [("L1", "All", 1, True), ("L1", "Fair", 2, True), ("L1", "Web", 1, True)]
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)
    assert conn.execute("select * from ops.verify()").fetchall() == []


@HOWS
def test_history_that_arrives_while_a_rule_is_saved_meets_it(
    conn: psycopg.Connection, open_session: psycopg.Connection, shared_gym: UUID, send: Send
) -> None:
    """The other order: the rule commits last."""
    make.segment(open_session, shared_gym, "All", {})
    send(conn, shared_gym)
    conn.execute("call ops.refresh()")
    assert places(conn) == [("L1", "Web", 1, True)]
    open_session.commit()

    conn.execute("call ops.refresh()")
    assert places(conn) == [("L1", "All", 1, True), ("L1", "Web", 1, True)]


@HOWS
def test_without_the_log_the_two_miss_each_other(
    conn: psycopg.Connection, open_session: psycopg.Connection, shared_gym: UUID, send: Send
) -> None:
    """The twin: an import that matches its own recipients does not see the rule of the other."""
    send(open_session, shared_gym)
    open_session.execute("select crm.match_history()")
    make.segment(conn, shared_gym, "All", {})
    conn.execute("call ops.refresh()")
    open_session.commit()

    conn.execute("call ops.refresh()")
    assert places(conn) == [("L1", "Web", 1, True)]


def test_a_failure_to_match_is_noted_and_goes_away(conn: psycopg.Connection) -> None:
    freeze(conn, NOW)
    gym = make.workspace(conn)
    make.segment(conn, gym)
    conn.execute("alter function crm.match_segment(uuid, uuid, uuid[]) rename to gone")
    with pytest.raises(psycopg.Error, match=r"crm\.segments: "):
        conn.execute("call ops.refresh()")
    noted = "select last_error is not null from ops.refresh_state where name = 'crm.segments'"
    assert conn.execute(noted).fetchone() == (True,)
    # The figures were refreshed all the same.
    assert conn.execute("select count(*) from stats.segment_performance_stats").fetchone() == (4,)

    conn.execute("alter function crm.gone(uuid, uuid, uuid[]) rename to match_segment")
    # It is tried again, though not at once.
    due = "select ops.refresh_due()"
    assert conn.execute(due).fetchone() == (False,)
    freeze(conn, "2026-03-20 12:00:11+00")
    assert conn.execute(due).fetchone() == (True,)
    conn.execute("call ops.refresh()")
    assert conn.execute(noted).fetchone() is None
    assert conn.execute(due).fetchone() == (False,)


@pytest.mark.usefixtures("sent")
def test_segments_are_those_of_the_earliest_sending(tx: psycopg.Connection, gym: Gym) -> None:
    first = event("campaign.sent", "09:00", segments=["Rich"], **NAMES)
    second = event("campaign.sent", "12:00", segments=["Web"], **NAMES)
    for order in ([first, second], [second, first]):
        with tx.transaction(force_rollback=True):
            apply(tx, gym.id, *order)
            assert places(tx) == [("L1", "Rich", 1, False)]
            assert tx.execute(
                "select sent_at = segments_taken_at from crm.campaign_leads"
            ).fetchone() == (True,)


def test_matching_and_snapshots_reach_the_rollup(
    tx: psycopg.Connection, gym: Gym, sent: dict[str, UUID]
) -> None:
    apply(tx, gym.id, event("campaign.sent", "09:00", **NAMES))
    tx.execute("select crm.match_history()")
    tx.execute("select ops.refresh_rollups()")
    save(tx, gym, sent["Web"], filter={"sources": ["web", "fair"]})
    tx.execute("select crm.match_history()")
    tx.execute("select ops.refresh_rollups()")
    assert "segment_day" in FAMILIES
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select segment_id, segment_version, sent, recomputed from rollup.segment_day"
            " order by recomputed, segment_id"
        ).fetchall()
    assert [tuple(row.values()) for row in rows] == [
        (sent["Own"], 1, 1, 0),
        (sent["Web"], 2, 1, 1),
    ]
    assert tx.execute("select * from ops.verify()").fetchall() == []


# --- on many leads ---


@pytest.fixture(scope="module")
def crowd(module_database: str) -> psycopg.Connection:
    connection = psycopg.connect(module_database, autocommit=True)
    gym = make.workspace(connection)
    connection.execute(
        """
        insert into crm.leads (workspace_id, created_at, status_changed_at, source, country)
        select %s, t.at, t.at, 'web', 'NL'
        from generate_series(1, 20000) as n
        cross join lateral (
            select timestamptz '2026-01-01 00:00+00' + n * interval '1 minute'
        ) as t (at)
        """,
        (gym,),
    )
    connection.execute("analyze crm.leads")
    return connection


def plan(connection: psycopg.Connection, rule: Filter, rest: LiteralString) -> str:
    """The plan of a statement whose rule is a parameter that the planner knows."""
    connection.execute("set plan_cache_mode = force_custom_plan")
    connection.execute("deallocate all")
    connection.execute(
        sql.SQL(
            "prepare leads (uuid, jsonb) as select id from crm.matching_leads($1, $2) {}"
        ).format(sql.SQL(rest))
    )
    workspace = connection.execute("select workspace_id from crm.workspaces").fetchone()
    assert workspace is not None
    statement = sql.SQL("explain execute leads ({}, {})").format(
        sql.Literal(workspace[0]), sql.Literal(Jsonb(dict(rule)))
    )
    return "\n".join(line for (line,) in connection.execute(statement))


def test_the_plan_knows_the_keys_of_the_rule_alone(crowd: psycopg.Connection) -> None:
    found = plan(crowd, {"sources": ["web"], "has_email": False}, "")
    assert "source = ANY ('{web}'::text[])" in found.replace("(source)::text", "source")
    for column in ("country", "tags", "score", "industry", "filter_values", "?"):
        assert column not in found

    # The twin: a plan that does not know the rule asks for every key.
    crowd.execute("set plan_cache_mode = force_generic_plan")
    generic = "\n".join(
        line
        for (line,) in crowd.execute(
            "explain execute leads ('00000000-0000-0000-0000-000000000000', '{}')"
        )
    )
    assert "country" in generic


def test_a_range_of_time_and_a_page_are_index_ranges(crowd: psycopg.Connection) -> None:
    day = {"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-02T06:00:00Z"}
    assert "leads_created_at" in plan(crowd, day, "")
    page = plan(crowd, {"countries": ["NL"]}, "order by created_at desc, id desc limit 50")
    assert "Index Scan Backward using leads_created_at" in page
    assert "Sort" not in page
