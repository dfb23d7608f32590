"""GET /api/partners/performance, one partner, and the score step by step: who sees what, in which
order, and that the answer is what SQL says."""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import LiteralString
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from psycopg.rows import dict_row

from api.partners import PartnerPage, PartnerPerformance, PartnersDaily, PerformanceDebug
from tests import builders as build
from tests.api.conftest import Caller, Reader, Serve
from tests.api.gym import Gym
from tests.conftest import Login
from tests.sessions import as_user

PATH = "/api/partners/performance"
DEBUG = "/api/admin/ai-router/performance-debug"

SEES = {
    "olga": ["pia", "ann", "both", "sam"],
    "ada": ["pia", "ann", "both", "sam"],
    "mo": ["pia", "ann"],
    "ann": ["ann"],
    "pia": ["pia"],
    "sam": ["sam"],
}

# Decimals of each figure that is not a count.
DECIMALS = {
    "conversion_rate_30d": 4,
    "avg_response_time_minutes": 1,
    "avg_first_response_time_minutes_7d": 1,
    "avg_first_response_time_minutes_30d": 1,
    "median_first_response_time_minutes_30d": 1,
    "pct_contacted_within_1h_30d": 1,
    "pct_contacted_within_24h_30d": 1,
    "ai_trust_score": 1,
    "deal_rate_7d": 4,
    "deal_rate_30d": 4,
    "deal_rate_low_30d": 4,
    "deal_rate_high_30d": 4,
    "avg_contact_attempts_per_lead_30d": 2,
    "pct_leads_min_2_attempts_30d": 1,
    "avg_customer_rating_30d": 2,
    "complaint_rate_30d": 4,
    "avg_deal_value_30d": 2,
    "median_deal_value_30d": 2,
    "consistency_score": 1,
    "performance_score": 1,
    "response_score": 1,
    "deal_rate_score": 1,
    "follow_up_score": 1,
    "feedback_score": 1,
    "complaints_score": 1,
    "trust_score": 1,
    "deal_value_score": 1,
}


def page(response: httpx.Response) -> PartnerPage:
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=PartnerPage)


def names(gym: Gym, found: PartnerPage) -> list[str]:
    return [gym.name_of(item.partner_id) for item in found.items]


@pytest.mark.parametrize("name", SEES)
def test_each_persona_sees_the_own_partners_best_score_first(reader: Reader, name: str) -> None:
    found = page(reader.get(name, PATH))

    assert names(reader.gym, found) == SEES[name]
    assert found.next_cursor is None


def test_the_same_person_sees_another_workspace_when_it_is_named(reader: Reader) -> None:
    gym = reader.gym

    assert names(gym, page(reader.get("ona", PATH))) == ["both", "olaf"]
    assert names(gym, page(reader.get("both", PATH, {"workspace_id": str(gym.iron)}))) == ["both"]


def test_every_figure_is_what_the_public_view_says_rounded_once(
    caller: Caller, login: Login
) -> None:
    with login("leadboard_api") as connection, as_user(connection, caller.gym["olga"]):
        rows = {
            row["partner_id"]: row
            for row in connection.cursor(row_factory=dict_row).execute(
                "select * from analytics.partner_performance_stats"
            )
        }
    items = json.loads(caller.get("olga", PATH).content, parse_float=Decimal)["items"]

    assert len(items) == len(rows) == 4
    for item in items:
        row = rows[UUID(item["partner_id"])]
        for field, value in item.items():
            assert value == _rounded(field, row[field]), field


def _rounded(field: str, value: object) -> object:
    """A value of the view as the JSON shows it."""
    if isinstance(value, Decimal) and field in DECIMALS:
        return value.quantize(Decimal(1).scaleb(-DECIMALS[field]), ROUND_HALF_UP)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def test_pages_follow_each_other_without_gap_or_repeat(reader: Reader) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        params = {"limit": "1"} | ({} if cursor is None else {"cursor": cursor})
        found = page(reader.get("olga", PATH, params))
        seen += names(reader.gym, found)
        cursor = found.next_cursor

    assert seen == SEES["olga"]
    assert cursor is None


def test_pages_of_equal_and_of_missing_scores_are_told_apart_by_name_and_id(
    caller: Caller, conn: psycopg.Connection
) -> None:
    gym = caller.gym
    twins = [build.member(conn, gym.copper, "partner", build.user(conn, "Twin")) for _ in range(3)]
    # Weights of 0 leave nobody with a score.
    conn.execute(
        """
        insert into scoring.weights (workspace_id, version, part, weight)
        select %s, 1, part, 0 from unnest(scoring.parts()) as p (part)
        """,
        (gym.copper,),
    )
    conn.execute("call ops.refresh()")
    seen: list[UUID] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        found = page(caller.get("ona", PATH, params))
        assert all(item.performance_score is None for item in found.items)
        seen += [item.partner_id for item in found.items]
        cursor = found.next_cursor

    assert seen == [gym["both"], gym["olaf"], *sorted(twins)]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "bm90IGpzb24",  # not json
        "WzEsMl0",  # [1,2]
        "WyIxIiwiYSIsIm5vIHV1aWQiXQ",  # ["1","a","no uuid"]
        "WyJuYW4iLCJhIiwiMDE5NWYzYzAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIl0",  # ["nan","a",uuid]
        "WyIxIiwiXHUwMDAwIiwiMDE5NWYzYzAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIl0",  # a NUL
        "eyJhIjoxfQ",  # {"a":1}
    ],
)
def test_a_cursor_that_is_none_is_refused(reader: Reader, cursor: str) -> None:
    response = reader.get("olga", PATH, {"cursor": cursor})

    assert response.status_code == 400
    assert response.json()["detail"] == "The cursor is not one of this list."


@pytest.mark.parametrize(
    ("asker", "about", "status"),
    [
        ("olga", "pia", 200),
        ("ada", "sam", 200),
        ("mo", "pia", 200),
        ("pia", "pia", 200),
        ("mo", "sam", 403),
        ("pia", "ann", 403),
        ("ann", "olga", 403),
        ("olga", "olga", 404),  # an owner without leads is no partner
        ("olga", "dee", 404),  # deactivated
        ("pia", "dee", 404),
        ("olga", "olaf", 404),
        ("pia", "olaf", 404),
        ("olga", "nemo", 404),
    ],
)
def test_one_partner(reader: Reader, asker: str, about: str, status: int) -> None:
    response = reader.get(asker, f"/api/partners/{reader.gym[about]}/performance")

    assert response.status_code == status
    if status == 200:
        found = msgspec.json.decode(response.content, type=PartnerPerformance)
        assert found.partner_id == reader.gym[about]


def test_a_partner_of_another_tenant_is_byte_for_byte_one_who_does_not_exist(
    caller: Caller, conn: psycopg.Connection
) -> None:
    path = f"/api/partners/{caller.gym['nemo']}/performance"
    before = caller.get("olga", path)
    build.user(conn, "Nemo", id=caller.gym["nemo"])
    build.member(conn, caller.gym.copper, "partner", caller.gym["nemo"])
    conn.execute("call ops.refresh()")
    after = caller.get("olga", path)

    assert caller.get("ona", path).status_code == 200
    assert (after.status_code, after.content) == (before.status_code, before.content)
    assert _telling(after) == _telling(before)


def _telling(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}


def test_the_score_step_by_step_adds_up(reader: Reader) -> None:
    response = reader.get("ada", DEBUG, {"partner_id": str(reader.gym["pia"])})
    assert response.status_code == 200, response.text
    found = msgspec.json.decode(response.content, type=PerformanceDebug)

    assert found.partner.partner_id == reader.gym["pia"]
    assert [part.part for part in found.score.parts] == [
        "response",
        "deal_rate",
        "follow_up",
        "feedback",
        "complaints",
        "trust",
        "deal_value",
        "consistency",
    ]
    total = sum(part.contribution or 0 for part in found.score.parts)
    assert found.score.performance_score == pytest.approx(total, abs=1e-5)
    assert found.partner.performance_score == pytest.approx(total, abs=0.05 + 1e-5)
    # 4 won of 6, prior 4 of 9: (4 + 10 * 4/9) / (6 + 10).
    deal_rate = found.score.parts[1]
    assert deal_rate.n == 6
    assert deal_rate.shrunk_value == pytest.approx((4 + 10 * 4 / 9) / 16, abs=1e-6)


@pytest.mark.parametrize(
    ("asker", "about", "status"),
    [("mo", "pia", 403), ("pia", "pia", 403), ("olga", "olaf", 404), ("olga", "nemo", 404)],
)
def test_the_steps_are_for_owners_and_admins(
    reader: Reader, asker: str, about: str, status: int
) -> None:
    response = reader.get(asker, DEBUG, {"partner_id": str(reader.gym[about])})

    assert response.status_code == status


def test_what_the_client_knows_is_304_until_the_figures_change(
    caller: Caller, conn: psycopg.Connection
) -> None:
    first = caller.get("olga", PATH)
    known = {"If-None-Match": first.headers["etag"]}
    again = caller.get("olga", PATH, headers=known)
    listed = caller.get("olga", PATH, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert listed.status_code == 304
    assert caller.get("olga", PATH, {"limit": "1"}, headers=known).status_code == 200
    assert caller.get("ada", PATH, headers=known).status_code == 200
    assert caller.get("olga", PATH, headers={"If-None-Match": '"x"'}).status_code == 200

    build.lead(conn, caller.gym.iron, caller.gym["sam"], "2026-03-25 09:00+00")
    conn.execute("call ops.refresh()")
    assert caller.get("olga", PATH, headers=known).status_code == 200


def test_a_new_role_is_another_answer(caller: Caller, conn: psycopg.Connection) -> None:
    known = {"If-None-Match": caller.get("olga", PATH).headers["etag"]}
    conn.execute("update crm.members set role = 'agent' where user_id = %s", (caller.gym["olga"],))

    assert page(caller.get("olga", PATH, headers=known)).items == []


@pytest.mark.parametrize(
    "change",
    [
        "update crm.users set name = 'Zed' where id = %(pia)s",
        "update crm.members set branch_id = null where user_id = %(pia)s",
        "update crm.members set deactivated_at = app.now() where user_id = %(pia)s",
        "update crm.branches set name = 'Far north' where id = %(north)s",
    ],
)
def test_a_new_name_is_another_answer_after_the_next_refresh(
    caller: Caller, conn: psycopg.Connection, change: LiteralString
) -> None:
    known = {"If-None-Match": caller.get("olga", PATH).headers["etag"]}
    conn.execute(change, {"pia": caller.gym["pia"], "north": caller.gym.north})
    conn.execute("call ops.refresh()")
    changed = caller.get("olga", PATH, headers=known)
    known = {"If-None-Match": changed.headers["etag"]}
    conn.execute("call ops.refresh()")

    assert changed.status_code == 200
    # A refresh that finds nothing changes no tag.
    assert caller.get("olga", PATH, headers=known).status_code == 304


def test_304_does_not_touch_the_figures(serve: Serve, conn: psycopg.Connection) -> None:
    with serve(statement_timeout="0.5") as caller:
        known = {"If-None-Match": caller.get("olga", PATH).headers["etag"]}
        with conn.transaction(force_rollback=True):
            # Not concurrently: nobody reads the view until this transaction ends.
            conn.execute("refresh materialized view stats.partner_performance_stats")
            assert caller.get("olga", PATH, headers=known).status_code == 304
            assert caller.get("olga", PATH).status_code == 504


DAILY = "/api/partners/daily"


def test_days_add_up_to_the_figures(caller: Caller) -> None:
    rows = {row["partner_id"]: row for row in caller.get("olga", PATH).json()["items"]}
    ids = list(rows)
    answer = caller.client.get(
        DAILY,
        params={"partner_id": ids[::-1]},
        headers={"Authorization": f"Bearer {caller.token('olga')}"},
    )
    found = msgspec.json.decode(answer.content, type=PartnersDaily)

    assert [str(item.partner_id) for item in found.items] == ids[::-1]
    for item in found.items:
        row = rows[str(item.partner_id)]
        assert len(item.days) == 30
        assert str(item.days[-1].day) == "2026-03-29"
        assert item.most_leads_assigned == max(day.leads_assigned for day in item.days)
        for day_name, name in (
            ("leads_assigned", "leads_assigned_30d"),
            ("leads_accepted", "leads_accepted_30d"),
            ("leads_contacted", "leads_contacted_30d"),
            ("won_leads", "won_leads_30d"),
            ("lost_leads", "lost_leads_30d"),
        ):
            assert sum(getattr(day, day_name) for day in item.days) == row[name], name


@pytest.mark.parametrize("name", ["olga", "mo", "ann", "pia", "sam"])
def test_days_of_those_the_caller_may_see(caller: Caller, name: str) -> None:
    everybody = [str(caller.gym[person]) for person in ("pia", "sam", "ann", "olaf", "nemo")]
    answer = caller.client.get(
        DAILY,
        params={"partner_id": everybody},
        headers={"Authorization": f"Bearer {caller.token(name)}"},
    ).json()
    seen = [caller.gym.name_of(UUID(item["partner_id"])) for item in answer["items"]]
    assert seen == [person for person in ("pia", "sam", "ann") if person in SEES[name]]
