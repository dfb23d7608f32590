"""Rep performance and the leaderboard over HTTP: the shape existing clients read, who sees what,
the page of one person, trends, comparison, custom metrics, files."""

import csv
import io
import json
from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import msgspec
import openpyxl
import psycopg
import pytest
from httpx import QueryParams

from api.reps import Metric, MetricPage, RepPage, RepPerformance, TeamGoal, TeamGoals, Trend
from tests import builders as build
from tests.api.conftest import Caller, Reader

BOARD = "/api/reports/leaderboard"
TEAM = "/api/reports/rep-performance"
METRICS = "/api/reports/metrics"

# The row of the source system's documentation, as it stands there; ids are UUIDs here, and what was
# called member is agent or another of our roles.
SEED_ROW = {
    "user_id": 12,
    "name": "Ali",
    "email": "ali@example.com",
    "role": "member",
    "new_leads_owned": 85,
    "leads_worked": 120,
    "tasks_created": 40,
    "tasks_completed": 32,
    "task_completion_rate": 80.0,
    "campaign_leads_sent": 200,
    "campaign_opens": 120,
    "campaign_replies": 26,
    "campaign_bounces": 5,
    "campaign_reply_rate": 13.0,
    "campaign_open_rate": 60.0,
    "campaign_bounce_rate": 2.5,
    "source_breakdown": {"linkedin_extension": 70.0, "company_search": 20.0, "csv": 10.0},
}

EVERYBODY = ["ada", "ann", "both", "mo", "olga", "pia", "sam"]


def user(person: UUID, what: str = "performance") -> str:
    return f"/api/reports/users/{person}/{what}"


def rows(response: httpx.Response) -> list[RepPerformance]:
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=list[RepPerformance])


def names(caller: Reader, found: list[RepPerformance]) -> list[str]:
    return [caller.gym.name_of(row.user_id) if row.user_id else row.name for row in found]


def show(conn: psycopg.Connection, caller: Reader, visibility: str) -> None:
    conn.execute(
        "update crm.workspaces set leaderboard_visibility = %s where workspace_id = %s",
        (visibility, caller.gym.iron),
    )


def _ali(conn: psycopg.Connection, caller: Reader) -> UUID:
    """The person of the documentation, with the work that makes the figures of the row."""
    gym = caller.gym
    ali = build.member(conn, gym.copper, "agent", build.user(conn, "Ali", email="ali@example.com"))
    leads = [
        build.lead(
            conn,
            gym.copper,
            ali if number < 85 else None,
            "2026-03-20 09:00+00" if number < 85 else "2026-01-05 09:00+00",
            source=_source(number),
        )
        for number in range(200)
    ]
    for number in range(40):
        build.task(
            conn,
            gym.copper,
            leads[number],
            ali,
            "2026-03-21 09:00+00",
            completed_at="2026-03-22 09:00+00" if number < 32 else None,
            completed_by_user_id=ali if number < 32 else None,
        )
    for number in range(80):
        build.note(conn, gym.copper, leads[40 + number], ali, "2026-03-23 09:00+00")
    campaign = build.campaign(conn, gym.copper)
    for number, lead in enumerate(leads):
        build.recipient(
            conn,
            gym.copper,
            campaign,
            lead,
            "2026-03-24 09:00+00",
            owner_at_send=ali,
            first_opened_at="2026-03-24 10:00+00" if number < 120 else None,
            first_replied_at="2026-03-24 11:00+00" if number < 26 else None,
            bounced_at="2026-03-24 09:01+00" if number >= 195 else None,
        )
    conn.execute("call ops.refresh()")
    return ali


def _source(number: int) -> str:
    if number < 60:
        return "linkedin_extension"
    return "company_search" if number < 77 else "csv"


def test_the_row_of_the_documentation_field_by_field_and_type_by_type(
    caller: Caller, conn: psycopg.Connection
) -> None:
    ali = _ali(conn, caller)
    params = {"days": "30", "sort_by": "replies"}
    response = caller.get("ona", BOARD, params)
    raw: list[dict[str, Any]] = json.loads(response.content)
    row = raw[0]

    assert isinstance(raw, list)
    assert list(row)[: len(SEED_ROW)] == list(SEED_ROW)
    for name, value in SEED_ROW.items():
        if name not in {"user_id", "role", "source_breakdown"}:
            assert row[name] == value, name
            assert type(row[name]) is type(value), name
    assert row["user_id"] == str(ali)
    assert row["role"] == "agent"
    # 60, 17 and 8 of 85: 70.58, 20.00 and 9.41; rounded down there is a tenth left, for the first.
    assert row["source_breakdown"] == {
        "linkedin_extension": 70.6,
        "company_search": 20.0,
        "csv": 9.4,
    }
    assert all(type(share) is float for share in row["source_breakdown"].values())
    assert (row["rank"], row["rank_change"], row["ranked_count"]) == (1, 0, 4)
    assert rows(response)[0].name == "Ali"

    one = caller.get("ona", user(ali), {"days": "30"})
    details = json.loads(one.content)
    assert {name: details[name] for name in row} == row
    assert json.loads(caller.get("ona", TEAM).content) == sorted(raw, key=lambda r: r["name"])


def test_precomputed_or_not_the_board_looks_the_same(reader: Reader) -> None:
    """Leads of the gym came in between 20 and 25 March: Pia 6, of which 3 in the last 7 days."""
    for days, sort_by in product(("7", "30", "45", "365"), ("new_leads", "conversion_rate")):
        found = rows(reader.get("olga", BOARD, {"days": days, "sort_by": sort_by}))
        pia = next(row for row in found if row.name == "Pia")

        assert pia.rank == 1
        assert pia.new_leads_owned == (3 if days == "7" else 6)
        assert pia.as_of is not None


SEES_BY_ROLE = {
    "olga": EVERYBODY,
    "ada": EVERYBODY,
    "mo": ["ann", "mo", "pia"],
    "ann": ["ann"],
    "pia": ["pia"],
    "sam": ["sam"],
}


def test_rep_performance_is_by_role_whatever_the_leaderboard_shows(
    caller: Caller, conn: psycopg.Connection
) -> None:
    show(conn, caller, "named")
    found = {name: sorted(names(caller, rows(caller.get(name, TEAM)))) for name in SEES_BY_ROLE}

    assert found == SEES_BY_ROLE


@pytest.mark.parametrize("visibility", ["named", "anonymised", "own_rank_only"])
def test_leaderboard_visibility(caller: Caller, conn: psycopg.Connection, visibility: str) -> None:
    show(conn, caller, visibility)
    for name in SEES_BY_ROLE:
        _check_what_is_shown(caller, name, visibility)


def _check_what_is_shown(caller: Reader, name: str, visibility: str) -> None:
    response = caller.get(name, BOARD, {"sort_by": "new_leads"})
    found = rows(response)
    own = SEES_BY_ROLE[name]

    if visibility == "own_rank_only":
        assert sorted(names(caller, found)) == own
    else:
        assert len(found) == len(EVERYBODY)
        shown = sorted(name for name in names(caller, found) if name != "Anonymous")
        assert shown == (EVERYBODY if visibility == "named" else own)
    for row in found:
        entitled = row.user_id is not None and caller.gym.name_of(row.user_id) in own
        assert (row.email is not None) is entitled
        if row.user_id is None:
            assert (row.name, row.role, row.branch_id, row.branch_name) == (
                "Anonymous",
                *[None] * 3,
            )
    if visibility == "anonymised":
        for person in set(EVERYBODY) - set(own):
            assert str(caller.gym[person]) not in response.text
            assert person.title() not in response.text
    # The rank is that among all, whoever is shown.
    assert {row.ranked_count for row in found} == {len(EVERYBODY)}
    sam = next((row for row in found if row.user_id == caller.gym["sam"]), None)
    assert sam is None or sam.rank == 2


def test_visibility_is_not_hidden_behind_a_tag(caller: Caller, conn: psycopg.Connection) -> None:
    show(conn, caller, "named")
    first = caller.get("sam", BOARD)
    again = caller.get("sam", BOARD, headers={"If-None-Match": first.headers["etag"]})
    show(conn, caller, "own_rank_only")
    after = caller.get("sam", BOARD, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert len(rows(after)) == 1


def test_a_member_of_two_workspaces_is_ranked_in_each(reader: Reader) -> None:
    gym = reader.gym
    params = {"workspace_id": str(gym.copper)}

    assert reader.get("both", BOARD).status_code == 400
    assert sorted(names(reader, rows(reader.get("ona", TEAM)))) == ["both", "olaf", "ona"]
    assert names(reader, rows(reader.get("both", TEAM, params))) == ["both"]


def test_one_person(reader: Reader) -> None:
    for what in ("performance", "trends"):
        _check_one_person(reader, what)


def _check_one_person(caller: Reader, what: str) -> None:
    gym = caller.gym
    for name, person, status in (
        ("olga", "sam", 200),
        ("mo", "pia", 200),
        ("mo", "sam", 403),
        ("pia", "pia", 200),
        ("pia", "sam", 403),
        ("olga", "dee", 404),
        ("olga", "olaf", 404),
        ("ona", "both", 200),
        ("ona", "pia", 404),
        ("olga", "nemo", 404),
    ):
        response = caller.get(name, user(gym[person], what))
        assert response.status_code == status, (name, person)
    stranger = caller.get("olga", user(gym["olaf"], what)).json()
    missing = caller.get("olga", user(gym["nemo"], what)).json()
    assert stranger | {"instance": ""} == missing | {"instance": ""}


def test_the_same_rule_holds_for_the_filter(reader: Reader) -> None:
    gym = reader.gym
    for name, person, status in (("mo", "pia", 200), ("mo", "sam", 403), ("mo", "olaf", 404)):
        response = reader.get(name, TEAM, {"user_id": str(gym[person])})
        assert response.status_code == status, person


def test_the_page_of_one_person(caller: Caller, conn: psycopg.Connection) -> None:
    """Pia's leads came in at 9:00 on 20-25 March and were contacted after 20, 21, .. 25 minutes."""
    gym = caller.gym
    lead = build.lead(conn, gym.iron, gym["ann"], "2026-03-21 09:00+00", branch_id=gym.north)
    build.note(conn, gym.iron, lead, gym["pia"], "2026-03-21 10:00+00")
    build.note(conn, gym.iron, lead, gym["ann"], "2026-03-21 11:00+00")
    campaign, segment = build.campaign(conn, gym.iron), build.segment(conn, gym.iron, "Founders")
    for number in range(2):
        target = build.lead(conn, gym.iron, gym["pia"], "2026-01-01 09:00+00")
        build.recipient(
            conn,
            gym.iron,
            campaign,
            target,
            "2026-03-27 09:00+00",
            first_replied_at="2026-03-27 10:00+00" if number else None,
        )
        conn.execute(
            "insert into crm.campaign_lead_segments"
            " (workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at)"
            " values (%s, %s, %s, %s, 1, '2026-03-27 09:00+00')",
            (gym.iron, campaign, target, segment),
        )
    conn.execute("call ops.refresh()")
    response = caller.get("pia", user(gym["pia"]), {"days": "14"})
    found = msgspec.json.decode(response.content, type=RepPage)

    assert found.median_first_response_time_minutes == 22.5
    assert found.avg_first_response_time_minutes == 22.5
    assert (found.attribution.owner.leads, found.attribution.owner.won_leads) == (6, 4)
    assert found.attribution.first_touch.leads == 1
    assert found.attribution.last_touch.leads == 0
    assert [str(day.day) for day in found.daily] == [f"2026-03-{day}" for day in range(16, 30)]
    assert [day.new_leads for day in found.daily] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    assert [day.replies for day in found.daily][-4:] == [0, 1, 0, 0]
    (top,) = found.top_segments
    assert (top.segment_name, top.leads_sent, top.replied, top.reply_rate) == (
        "Founders",
        2,
        1,
        0.5,
    )


def test_trends_by_week_and_month(reader: Reader) -> None:
    """29 March 2026 is a Sunday: its week is that of the 23rd."""
    pia = reader.gym["pia"]
    weeks = msgspec.json.decode(
        reader.get("olga", user(pia, "trends"), {"periods": "3"}).content, type=Trend
    )
    months = msgspec.json.decode(
        reader.get("olga", user(pia, "trends"), {"bucket": "month", "periods": "2"}).content,
        type=Trend,
    )

    assert [
        (str(b.from_day), str(b.to_day), b.is_complete, b.new_leads_owned) for b in weeks.items
    ] == [
        ("2026-03-09", "2026-03-16", True, 0),
        ("2026-03-16", "2026-03-23", True, 3),
        ("2026-03-23", "2026-03-30", True, 3),
    ]
    assert [
        (str(b.from_day), str(b.to_day), b.is_complete, b.new_leads_owned) for b in months.items
    ] == [
        ("2026-02-01", "2026-03-01", True, 0),
        ("2026-03-01", "2026-03-30", False, 6),
    ]


def test_comparison_is_in_the_order_asked_for(caller: Caller) -> None:
    found = rows(compare(caller, "olga", ["sam", "pia"]))

    assert names(caller, found) == ["sam", "pia"]
    assert [row.new_leads_owned for row in found] == [3, 6]


def compare(caller: Caller, name: str, people: list[str], suffix: str = "") -> httpx.Response:
    params = QueryParams([("user_id", str(caller.gym[person])) for person in people])
    return caller.client.get(
        f"/api/reports/compare{suffix}",
        params=params,
        headers={"Authorization": f"Bearer {caller.token(name)}"},
    )


def test_comparison_needs_two_to_five_people_one_may_see(caller: Caller) -> None:
    for name, people, status in (
        ("olga", ["pia"], 400),
        ("olga", ["pia", "pia"], 400),
        ("olga", ["pia", "sam", "ann", "mo", "ada", "olga"], 400),
        ("olga", ["pia", "sam", "ann", "mo", "ada"], 200),
        ("olga", ["pia", "olaf"], 404),
        ("mo", ["pia", "ann"], 200),
        ("mo", ["pia", "sam"], 403),
        ("pia", ["pia", "ann"], 403),
    ):
        assert compare(caller, name, people).status_code == status, (name, people)


NOBODY = "/api/reports/users/0195f3c0-0000-7000-8000-000000000012"


def test_bad_parameters_are_400_with_the_field(reader: Reader) -> None:
    for path, params in (
        (BOARD, {"days": "0"}),
        (BOARD, {"days": "366"}),
        (BOARD, {"days": "x"}),
        (BOARD, {"sort_by": "Replies"}),
        (BOARD, {"sort_by": "charm"}),
        (BOARD, {"limit": "5"}),
        (f"{BOARD}.csv", {"sort_by": "charm"}),
        (f"{BOARD}.pdf", {"sort_by": "charm"}),
        (TEAM, {"user_id": "12"}),
        (f"{NOBODY}/trends", {"bucket": "day"}),
        (f"{NOBODY}/trends", {"periods": "54"}),
    ):
        response = reader.get("olga", path, params)

        assert response.status_code == 400, params
        assert [error["field"] for error in response.json()["errors"]] == list(params)


def metric(**changes: object) -> dict[str, object]:
    return {
        "key": "replies_per_lead",
        "title": "Replies per worked lead",
        "expression": {
            "op": "ratio",
            "numerator": "won_leads",
            "denominator": "leads_contacted",
        },
    } | changes


def put(caller: Caller, name: str, path: str, body: object) -> httpx.Response:
    return caller.client.put(
        path, json=body, headers={"Authorization": f"Bearer {caller.token(name)}"}
    )


def remove(caller: Caller, name: str, path: str) -> httpx.Response:
    return caller.client.delete(path, headers={"Authorization": f"Bearer {caller.token(name)}"})


def test_a_custom_metric_from_birth_to_end(caller: Caller) -> None:
    created = caller.post("mo", METRICS, json=metric())
    made = msgspec.json.decode(created.content, type=Metric)
    assert created.status_code == 201
    assert created.headers["location"] == f"{METRICS}/{made.id}"
    path = created.headers["location"]
    assert caller.get("sam", path).json() == created.json()

    # Pia won 4 of 6 contacted, Sam 0 of 3; shrunk towards 4 of 9.
    board = rows(caller.get("olga", BOARD, {"sort_by": "replies_per_lead"}))
    assert [(row.name, row.rank, row.sort_value, row.sort_n) for row in board][:2] == [
        ("Pia", 1, 0.6667, 6),
        ("Sam", 2, 0.0, 3),
    ]
    assert {row.rank for row in board[2:]} == {None}
    tag = caller.get("olga", BOARD, {"sort_by": "replies_per_lead"}).headers["etag"]

    changed = put(
        caller,
        "ada",
        path,
        metric(
            expression={
                "op": "weighted",
                "terms": [
                    {"column": "won_leads", "weight": 10},
                    {"column": "new_leads_owned", "weight": -0.5},
                ],
            },
            is_lower_better=True,
        ),
    )
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    response = caller.get(
        "olga", BOARD, {"sort_by": "replies_per_lead"}, headers={"If-None-Match": tag}
    )
    board = rows(response)
    # Lower is better: Sam -1.5, then those who have 0, Pia 37 last.
    assert (board[0].name, board[0].rank, board[0].sort_value) == ("Sam", 1, -1.5)
    assert (board[-1].name, board[-1].rank, board[-1].sort_value) == ("Pia", 7, 37.0)

    assert remove(caller, "olga", path).status_code == 204
    assert remove(caller, "olga", path).status_code == 404
    assert caller.get("olga", path).status_code == 404
    assert caller.get("olga", BOARD, {"sort_by": "replies_per_lead"}).status_code == 400


def test_metrics_are_listed_built_in_ones_first(caller: Caller) -> None:
    caller.post(
        "olga",
        METRICS,
        json=metric(key="a_sum", expression={"op": "sum", "columns": ["activities"]}),
    )
    found = msgspec.json.decode(caller.get("sam", METRICS).content, type=MetricPage)

    assert [item.key for item in found.items] == [
        "conversion_rate",
        "leads_worked",
        "new_leads",
        "replies",
        "reply_rate",
        "tasks_completed",
        "a_sum",
    ]
    assert [item.id is None for item in found.items] == [True] * 6 + [False]


def test_who_defines_metrics(caller: Caller) -> None:
    gym = caller.gym
    made = caller.post("olga", METRICS, json=metric()).json()["id"]
    path = f"{METRICS}/{made}"
    for name, status in (("ann", 403), ("pia", 403), ("ona", 404)):
        assert put(caller, name, path, metric(title="Mine")).status_code == status
        assert remove(caller, name, path).status_code == status
    assert caller.post("pia", METRICS, json=metric(key="mine")).status_code == 403
    elsewhere = caller.post(
        "ona", METRICS, params={"workspace_id": str(gym.iron)}, json=metric(key="mine")
    )
    assert elsewhere.status_code == 404
    # Each workspace has its own keys, and does not know the other's.
    assert caller.post("ona", METRICS, json=metric()).status_code == 201
    assert caller.post("olga", METRICS, json=metric()).status_code == 409


IMPOSSIBLE: list[tuple[dict[str, object], str]] = [
    ({"key": "replies"}, "key"),
    ({"title": "   "}, "title"),
    (
        {"expression": {"op": "ratio", "numerator": "charm", "denominator": "won_leads"}},
        "expression.numerator",
    ),
    (
        {"expression": {"op": "ratio", "numerator": "won_leads", "denominator": "conversion_rate"}},
        "expression.denominator",
    ),
    (
        {"expression": {"op": "ratio", "numerator": "won_leads", "denominator": "won_leads"}},
        "expression.denominator",
    ),
    (
        {"expression": {"op": "sum", "columns": ["won_leads", "won_leads"]}},
        "expression.columns.0",
    ),
    (
        {"expression": {"op": "weighted", "terms": [{"column": "won_leads", "weight": 0}]}},
        "expression.terms.0.weight",
    ),
]


def test_impossible_metrics_are_refused_by_field(caller: Caller) -> None:
    for changes, field in IMPOSSIBLE:
        response = caller.post("olga", METRICS, json=metric(**changes))

        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]
    assert len(caller.get("olga", METRICS).json()["items"]) == 6


NO_EXPRESSIONS: list[object] = [
    {"op": "product", "columns": ["won_leads"]},
    {"op": "sum", "columns": []},
    {"op": "sum", "columns": ["won_leads"], "if": "1=1"},
    {"op": "sum", "columns": "won_leads"},
    {"op": "weighted", "terms": [{"column": "won_leads"}]},
    {"op": "weighted", "terms": [{"column": "won_leads", "weight": 1e9}]},
    {"op": "ratio", "numerator": "won_leads"},
    {"columns": ["won_leads"]},
    [],
    None,
    "won_leads; drop table crm.leads",
]


def test_what_is_no_expression_is_refused_by_the_service_and_by_sql(
    caller: Caller, conn: psycopg.Connection
) -> None:
    for expression in NO_EXPRESSIONS:
        refused = caller.post("olga", METRICS, json=metric(expression=expression))
        assert refused.status_code == 400, expression
        faults = conn.execute(
            "select * from metrics.expression_faults(%s)", (json.dumps(expression),)
        ).fetchall()
        assert faults, expression


def test_a_workspace_has_at_most_a_hundred_metrics(
    caller: Caller, conn: psycopg.Connection
) -> None:
    for number in range(100):
        build.custom_metric(conn, caller.gym.iron, f"metric_{number}")

    assert caller.post("olga", METRICS, json=metric(key="one_more")).status_code == 409


def test_files_hold_the_rows_of_the_board(caller: Caller, conn: psycopg.Connection) -> None:
    show(conn, caller, "anonymised")
    params = {"days": "45", "sort_by": "new_leads"}
    board: list[dict[str, Any]] = caller.get("pia", BOARD, params).json()
    lines = list(csv.DictReader(io.StringIO(caller.get("pia", f"{BOARD}.csv", params).text)))
    book = openpyxl.load_workbook(io.BytesIO(caller.get("pia", f"{BOARD}.xlsx", params).content))
    header, *cells = book.worksheets[0].iter_rows(values_only=True)

    assert [line["name"] for line in lines] == [row["name"] for row in board]
    assert [line["new_leads_owned"] for line in lines] == [
        str(row["new_leads_owned"]) for row in board
    ]
    assert list(header) == list(lines[0]) == list(board[0])
    assert [cell[header.index("new_leads_owned")] for cell in cells] == [
        row["new_leads_owned"] for row in board
    ]
    assert json.loads(lines[0]["source_breakdown"]) == board[0]["source_breakdown"]
    assert str(caller.gym["sam"]) not in caller.get("pia", f"{BOARD}.csv", params).text


def test_a_workbook_of_one_person_has_a_sheet_for_each_part(reader: Reader) -> None:
    response = reader.get("olga", f"{user(reader.gym['pia'])}.xlsx", {"days": "7"})
    book = openpyxl.load_workbook(io.BytesIO(response.content))

    assert book.sheetnames == ["Performance", "Daily", "Top segments"]
    assert book["Daily"].max_row == 8
    header = [cell.value for cell in book["Performance"]["1"]]
    assert header[-2:] == ["median_first_response_time_minutes", "attribution"]
    lines = reader.get("olga", f"{user(reader.gym['pia'])}.csv", {"days": "7"}).text.splitlines()
    assert lines[0].split(",") == header
    assert reader.get("mo", f"{user(reader.gym['sam'])}.xlsx").status_code == 403


def test_other_reports_as_files(caller: Caller) -> None:
    for kind in ("csv", "xlsx"):
        team = caller.get("olga", f"{TEAM}.{kind}")
        pair = compare(caller, "olga", ["pia", "sam"], f".{kind}")
        trend = caller.get("olga", f"{user(caller.gym['pia'], 'trends')}.{kind}")
        assert [found.status_code for found in (team, pair, trend)] == [200, 200, 200]
        if kind == "csv":
            assert [len(found.text.splitlines()) for found in (team, pair, trend)] == [8, 3, 13]


def test_the_board_as_a_page(caller: Caller, conn: psycopg.Connection) -> None:
    """Names are set as they are: none of them is read as markup."""
    conn.execute(
        "update crm.users set name = %s where id = %s",
        ('#panic("x") *bold* $x$ <evil>', caller.gym["pia"]),
    )
    response = caller.get("olga", f"{BOARD}.pdf", {"days": "45", "sort_by": "conversion_rate"})

    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert "leaderboard.pdf" in response.headers["content-disposition"]
    show(conn, caller, "own_rank_only")
    alone = caller.get("sam", f"{BOARD}.pdf")
    assert alone.status_code == 200
    assert len(alone.content) < len(response.content)


def test_the_teams_goals_stand_beside_the_leaderboard(
    caller: Caller, conn: psycopg.Connection
) -> None:
    """Four leads won in March, worth 1,000; the 29th of 31 days."""
    gym = caller.gym
    build.goal(conn, gym.iron, goal_type="revenue", target_value=800)
    build.goal(conn, gym.iron, target_value=10)
    build.goal(conn, gym.iron, gym["ann"], target_value=7)
    build.goal(conn, gym.iron, period_start="2026-02-01", period_end="2026-03-01")

    for name in EVERYBODY:
        answer = caller.get(name, "/api/reports/team-goals", {"workspace_id": str(gym.iron)})
        assert msgspec.json.decode(answer.content, type=TeamGoals).items == [
            TeamGoal(
                goal="conversions",
                status="at_risk",
                target=10,
                current=4,
                completion=40.0,
                expected=9.35,
                projected=4.28,
                period="monthly",
                first_day=date(2026, 3, 1),
                last_day=date(2026, 3, 31),
            ),
            TeamGoal(
                goal="revenue",
                status="reached",
                target=800,
                current=1000,
                completion=125.0,
                expected=748.39,
                projected=1068.97,
                period="monthly",
                first_day=date(2026, 3, 1),
                last_day=date(2026, 3, 31),
            ),
        ]
        same = caller.get(
            name,
            "/api/reports/team-goals",
            {"workspace_id": str(gym.iron)},
            {"If-None-Match": answer.headers["etag"]},
        )
        assert same.status_code == 304
    stranger = caller.get("olaf", "/api/reports/team-goals")
    assert stranger.json() == {"items": []}


# The timeline of a person.

# Who may see the page of whom; everybody else of the workspace is 403.
PAGES_OF = {
    "olga": set(EVERYBODY),
    "ada": set(EVERYBODY),
    "mo": {"mo", "ann", "pia"},
    "ann": {"ann"},
    "pia": {"pia"},
    "sam": {"sam"},
}


def test_who_sees_whose_timeline(reader: Reader) -> None:
    """Whoever sees somebody's page sees the timeline on it, and nobody else."""
    gym = reader.gym
    for asker, seen in PAGES_OF.items():
        for about in EVERYBODY:
            status = 200 if about in seen else 403
            for what in ("performance", "activities"):
                response = reader.get(asker, user(gym[about], what))
                assert response.status_code == status, (asker, about, what)
        # Deactivated, of another tenant, of nobody: all the same, for everybody.
        gone = [reader.get(asker, user(gym[name], "activities")) for name in ("olaf", "nemo")]
        assert [response.status_code for response in gone] == [404, 404], asker
        assert gone[0].json()["detail"] == gone[1].json()["detail"] == "No such member."
    assert reader.get("olga", user(gym["dee"], "activities")).status_code == 404
    assert reader.get(None, user(gym["ann"], "activities")).status_code == 401


def _worked(conn: psycopg.Connection, caller: Reader) -> None:
    """Ann: five text messages and two calls about a lead of her branch, a call about one of the
    other branch."""
    gym = caller.gym
    near = build.lead(conn, gym.iron, gym["ann"], first_name="Ida", branch_id=gym.north)
    far = build.lead(conn, gym.iron, gym["sam"], first_name="Finn", branch_id=gym.south)
    for day in range(1, 6):
        build.activity(conn, gym.iron, near, gym["ann"], "sms", f"2026-03-0{day} 09:00+00")
    for day in (2, 4):
        build.activity(conn, gym.iron, near, gym["ann"], "phone_call", f"2026-03-0{day} 10:00+00")
    build.activity(conn, gym.iron, far, gym["ann"], "phone_call", "2026-03-09 10:00+00")


def test_the_timeline_is_the_members_own(caller: Caller, conn: psycopg.Connection) -> None:
    """The same rows in the same order, page by page, whether the agent or the owner asks."""
    _worked(conn, caller)
    path = user(caller.gym["ann"], "activities")
    own = caller.get("ann", "/agent/analytics/activities").json()["activities"]

    def pages(asker: str, **params: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            body = caller.get(asker, path, params | ({"cursor": cursor} if cursor else {})).json()
            found += body["activities"]
            cursor = body["next_cursor"]
        return found

    days = [activity["timestamp"][8:10] for activity in own]
    assert days == ["09", "05", "04", "04", "03", "02", "02", "01"]
    assert pages("ann", limit="3") == own
    # Ann has never had Finn; the owner may see who that was.
    hers, owners = own[0].pop("description"), pages("olga", limit="3")
    assert (hers, owners[0].pop("description")) == (None, "Finn")
    assert owners == own
    # A manager sees what was done with leads of the branch.
    assert pages("mo", limit="2") == own[1:]
    calls = pages("olga", filter="calls", limit="2")
    assert [activity["type"] for activity in calls] == ["call"] * 3
    assert pages("mo", filter="meetings") == []


def test_the_timeline_is_of_this_instant_and_known_by_its_tag(
    caller: Caller, conn: psycopg.Connection
) -> None:
    _worked(conn, caller)
    path = user(caller.gym["ann"], "activities")
    first = caller.get("olga", path)
    known = {"If-None-Match": first.headers["etag"]}
    assert caller.get("olga", path, headers=known).status_code == 304
    assert caller.get("mo", path, headers=known).status_code == 200

    lead = build.lead(conn, caller.gym.iron, caller.gym["ann"], branch_id=caller.gym.north)
    build.activity(conn, caller.gym.iron, lead, caller.gym["ann"], "meeting", "2026-03-28 09:00+00")
    assert caller.get("olga", path, headers=known).json()["activities"][0]["type"] == "meeting"


@pytest.mark.parametrize(
    ("params", "field"),
    [({"filter": "sport"}, "filter"), ({"limit": "201"}, "limit"), ({"cursor": "x"}, None)],
)
def test_a_timeline_that_cannot_be_asked_for(
    reader: Reader, params: dict[str, str], field: str | None
) -> None:
    response = reader.get("olga", user(reader.gym["ann"], "activities"), params)
    assert response.status_code == 400
    if field is None:
        assert response.json()["detail"] == "The cursor is not one of this list."
    else:
        assert [error["field"] for error in response.json()["errors"]] == [field]
