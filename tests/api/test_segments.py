"""The addresses about segments: the answers of the source system field by field, who sees what, and
what is refused."""

import csv
import io
import json
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest

from api import segments
from tests import builders as make
from tests.api.conftest import Caller, Reader, reading
from tests.api.gym import Gym

TOP = "/api/dashboard/top-segments"
SENT_AT = datetime(2026, 3, 24, 9, tzinfo=UTC)

T = TypeVar("T")

# The example of the source system, as it stands there.
SEED = """
{
  "time_range_from": "2025-01-01T00:00:00Z",
  "time_range_to": "2025-01-31T23:59:59Z",
  "metric": "reply_rate",
  "segments": [
    {
      "segment_id": 1,
      "segment_name": "US SaaS Founders",
      "leads_sent": 310,
      "opened": 192,
      "replied": 43,
      "bounced": 6,
      "open_rate": 0.6194,
      "reply_rate": 0.1387,
      "bounce_rate": 0.0194
    },
    {
      "segment_id": 2,
      "segment_name": "EU CMOs",
      "leads_sent": 180,
      "opened": 99,
      "replied": 16,
      "bounced": 5,
      "open_rate": 0.5500,
      "reply_rate": 0.0889,
      "bounce_rate": 0.0278
    }
  ]
}
"""


def exact(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """JSON in which 0.55 and 0.5500, and 1 and 1.0, are told apart."""
    return json.loads(text, parse_float=Decimal)


def send(
    conn: psycopg.Connection,
    workspace: UUID,
    segment: UUID,
    owner: UUID | None,
    counts: tuple[int, int, int, int],
    *,
    variant: str = "",
    campaign: UUID | None = None,
) -> UUID:
    """A campaign to one segment: (sent, opened, replied, bounced). Returns it."""
    campaign = campaign or make.campaign(conn, workspace)
    sent, opened, replied, bounced = counts
    conn.execute(
        """
        with people as (
            insert into crm.leads (workspace_id, owner_user_id, created_at)
            select %(w)s, %(owner)s, '2026-03-01 09:00+00' from generate_series(1, %(sent)s)
            returning id
        ),

        numbered as (select id, row_number() over (order by id) as n from people),

        recipients as (
            insert into crm.campaign_leads (
                workspace_id, campaign_id, lead_id, owner_at_send, variant, sent_at,
                first_opened_at, first_replied_at, bounced_at, bounce_kind, segments_taken_at
            )
            select %(w)s, %(c)s, id, %(owner)s, %(variant)s, %(at)s,
                case when n <= %(opened)s then %(at)s end,
                case when n <= %(replied)s then %(at)s + interval '90 minutes' end,
                case when n > %(sent)s - %(bounced)s then %(at)s end,
                case when n > %(sent)s - %(bounced)s then 'hard' end,
                %(at)s
            from numbered
            returning lead_id
        )

        select count(*) from recipients
        """,
        {
            "w": workspace,
            "owner": owner,
            "c": campaign,
            "variant": variant,
            "sent": sent,
            "opened": opened,
            "replied": replied,
            "bounced": bounced,
            "at": SENT_AT,
        },
    )
    conn.execute(
        """
        insert into crm.campaign_lead_segments (
            workspace_id, campaign_id, lead_id, segment_id, segment_version
        )
        select r.workspace_id, r.campaign_id, r.lead_id, %s, 1
        from crm.campaign_leads as r
        where r.campaign_id = %s and r.variant = %s
        """,
        (segment, campaign, variant),
    )
    return campaign


def decoded(response: httpx.Response, type_: type[T]) -> T:
    assert response.status_code in (200, 201), response.text
    return msgspec.json.decode(response.content, type=type_)


class Sent(NamedTuple):
    """The segments by name, in a database that nobody changes."""

    reader: Reader
    ids: dict[str, UUID]


@pytest.fixture(scope="module")
def sent(server_url: str, run_prefix: str) -> Generator[Sent]:
    with reading(server_url, run_prefix) as (reader, connection):
        yield Sent(reader, send_to_segments(connection, reader.gym))


@pytest.fixture
def ids(caller: Caller, conn: psycopg.Connection) -> dict[str, UUID]:
    """The segments in the test's own database."""
    return send_to_segments(conn, caller.gym)


def send_to_segments(conn: psycopg.Connection, gym: Gym) -> dict[str, UUID]:
    """Segments of Iron Gym: Wide is sent to by people of both branches and by nobody, South by Sam
    alone, Quiet by none."""
    made = {
        name: make.segment(conn, gym.iron, name, rule)
        for name, rule in (
            ("Wide", {"sources": ["web"]}),
            ("South", {}),
            ("Quiet", {"tags": ["x"]}),
        )
    }
    send(conn, gym.iron, made["Wide"], gym["pia"], (30, 20, 6, 1))
    send(conn, gym.iron, made["Wide"], gym["sam"], (20, 5, 1, 0))
    send(conn, gym.iron, made["Wide"], None, (10, 0, 0, 0))
    send(conn, gym.iron, made["South"], gym["sam"], (15, 5, 5, 0))
    conn.execute("call ops.refresh()")
    return made


# --- the contract ---


@pytest.mark.parametrize("days", [30, 45])
def test_the_answer_of_the_source_system_field_by_field(
    caller: Caller, conn: psycopg.Connection, days: int
) -> None:
    """Stored window and any other: the same figures, of the same types, as fractions."""
    gym = caller.gym
    wanted = exact(SEED)
    for segment in wanted["segments"]:
        made = make.segment(conn, gym.copper, segment["segment_name"])
        counts = tuple(segment[name] for name in ("leads_sent", "opened", "replied", "bounced"))
        send(conn, gym.copper, made, gym["olaf"], counts)  # type: ignore[arg-type]
        segment["segment_id"] = str(made)
    conn.execute("call ops.refresh()")
    response = caller.get("ona", TOP, {"days": str(days), "metric": "reply_rate", "limit": "5"})
    found = exact(response.content)

    assert found.keys() == wanted.keys()
    assert found["metric"] == wanted["metric"]
    # The last 30 local days end with 29 March; Copper Gym keeps UTC.
    assert found["time_range_to"] == "2026-03-29T23:59:59Z"
    first = {30: "2026-02-28", 45: "2026-02-13"}[days]
    assert found["time_range_from"] == f"{first}T00:00:00Z"
    assert len(found["segments"]) == len(wanted["segments"])
    for row, segment in zip(found["segments"], wanted["segments"], strict=True):
        # Beside the fields of the source system there are others, after them.
        shown = dict(list(row.items())[: len(segment)])
        assert list(shown) == list(segment)
        assert shown == segment
        for name, value in segment.items():
            assert type(shown[name]) is type(value), name
            if isinstance(value, Decimal):
                # A fraction of four decimals, not a percentage.
                assert 0 <= shown[name] <= 1
                assert shown[name].as_tuple().exponent == -4
    decoded(response, segments.TopSegments)


def test_the_range_is_that_of_local_days(reader: Reader) -> None:
    """Amsterdam changes its clocks on 29 March."""
    found = exact(reader.get("olga", TOP).content)
    assert (found["time_range_from"], found["time_range_to"]) == (
        "2026-02-27T23:00:00Z",
        "2026-03-29T21:59:59Z",
    )
    assert (found["metric"], found["segments"]) == ("reply_rate", [])


def test_metric_and_limit(sent: Sent) -> None:
    def names(**parameters: str) -> list[str]:
        found = decoded(sent.reader.get("olga", TOP, parameters), segments.TopSegments)
        return [row.segment_name for row in found.segments]

    # South has the higher rate and too few sent. Nothing was sent to Quiet.
    assert names() == names(metric="open_rate") == ["Wide", "South"]
    assert names(limit="1") == ["Wide"]
    # The sending was five days ago.
    assert names(days="6") == ["Wide", "South"]
    assert names(days="5") == []
    assert len(sent.ids) == 3


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"days": "0"}, 400),
        ({"days": "366"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "201"}, 400),
        ({"metric": "conversion_rate"}, 400),
        ({"bogus": "1"}, 400),
        ({"workspace_id": "00000000-0000-0000-0000-00000000dead"}, 404),
    ],
)
def test_what_top_segments_refuses(reader: Reader, parameters: dict[str, str], status: int) -> None:
    assert reader.get("olga", TOP, parameters).status_code == status


# --- who sees what ---


@pytest.mark.parametrize("days", ["30", "31"])
@pytest.mark.parametrize(
    ("name", "wide", "south"),
    [
        ("olga", (60, 7), (15, 5)),
        ("ada", (60, 7), (15, 5)),
        # Mo manages north, where Pia is.
        ("mo", (30, 6), (0, 0)),
        ("pia", (30, 6), (0, 0)),
        ("sam", (20, 1), (15, 5)),
        ("ann", (0, 0), (0, 0)),
    ],
)
def test_everyone_gets_figures_of_the_recipients_they_may_see(
    sent: Sent,
    name: str,
    wide: tuple[int, int],
    south: tuple[int, int],
    days: str,
) -> None:
    path = "/api/segments/performance"
    page = decoded(sent.reader.get(name, path, {"days": days}), segments.PerformancePage)
    rows = {row.segment_id: (row.leads_sent, row.replied) for row in page.items}

    assert rows == {sent.ids["Wide"]: wide, sent.ids["South"]: south, sent.ids["Quiet"]: (0, 0)}
    one = decoded(
        sent.reader.get(name, f"/api/segments/{sent.ids['Wide']}/performance", {"days": days}),
        segments.SegmentReport,
    )
    assert (one.segment.leads_sent, one.segment.replied) == wide
    assert sum(hour.leads_sent for hour in one.hours) == wide[0]
    assert sum(campaign.leads_sent for campaign in one.campaigns) == wide[0]
    trend = decoded(
        sent.reader.get(name, f"/api/segments/{sent.ids['Wide']}/trend"), segments.Trend
    )
    assert sum(row.leads_sent for row in trend.data) == wide[0]


@pytest.mark.parametrize(
    ("name", "status"), [(None, 401), ("nemo", 403), ("dee", 403), ("both", 400), ("ona", 404)]
)
def test_strangers_learn_nothing(sent: Sent, name: str | None, status: int) -> None:
    for path in ("", "/performance", "/trend", "/leads"):
        found = sent.reader.get(name, f"/api/segments/{sent.ids['Wide']}{path}")
        missing = sent.reader.get(name, f"/api/segments/{make.new_id()}{path}")
        assert found.status_code == missing.status_code == status
        if status == 404:
            assert found.json()["detail"] == missing.json()["detail"] == "No such segment."


def test_leads_and_preview_are_the_callers_own(caller: Caller, conn: psycopg.Connection) -> None:
    gym = caller.gym
    rule: Mapping[str, object] = {"filter": {"statuses": ["won", "lost"]}}
    segment = make.segment(conn, gym.iron, "Decided", {"statuses": ["won", "lost"]})
    for name, expected in (("olga", 9), ("mo", 6), ("pia", 6), ("sam", 3), ("ann", 0)):
        found = decoded(
            caller.post(name, "/api/segments/preview", json=rule), segments.PreviewAnswer
        )
        assert (found.count, len(found.items)) == (expected, expected), name
        page = decoded(caller.get(name, f"/api/segments/{segment}/leads"), segments.LeadPage)
        assert page.items == found.items
    few = caller.post("olga", "/api/segments/preview", {"limit": "2"}, json=rule)
    assert [few.json()["count"], len(few.json()["items"])] == [9, 2]


def test_leads_page_by_page(caller: Caller, conn: psycopg.Connection) -> None:
    gym = caller.gym
    segment = make.segment(conn, gym.iron, "All")
    # Two of one moment.
    for _ in range(2):
        make.lead(conn, gym.iron, created_at="2026-03-22 09:00+00")
    path = f"/api/segments/{segment}/leads"
    whole = decoded(caller.get("olga", path), segments.LeadPage)
    seen: list[segments.SegmentLead] = []
    cursor: str | None = ""
    while cursor is not None:
        parameters = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = decoded(caller.get("olga", path, parameters), segments.LeadPage)
        seen += page.items
        cursor = page.next_cursor
    assert seen == whole.items
    assert len(seen) == 11
    assert [lead.created_at for lead in seen] == sorted(
        (lead.created_at for lead in seen), reverse=True
    )
    for bad in ("x", "WyJub3ciLCAiYiJd", "WyIyMDI2LTEzLTAxVDAwOjAwOjAwKzAwOjAwIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0"):  # fmt: skip # noqa: E501
        assert caller.get("olga", path, {"cursor": bad}).status_code == 400


# --- making and changing ---


def test_a_segments_life(caller: Caller, conn: psycopg.Connection) -> None:
    rule = {"sources": ["web"], "min_score": 50, "created_after": "2026-01-01T00:00:00+01:00"}
    made = caller.post("olga", "/api/segments", json={"name": "Web", "filter": rule})
    assert made.status_code == 201, made.text
    first = decoded(made, segments.SegmentHistory)
    assert (first.segment_name, first.version, first.created_by_user_id) == (
        "Web",
        1,
        caller.gym["olga"],
    )
    assert exact(made.content)["filter"]["sources"] == ["web"]
    path = f"/api/segments/{first.segment_id}"

    changed = decoded(
        put(caller, "ada", path, {"filter": {"sources": ["fair"]}, "version": 1}),
        segments.SegmentHistory,
    )
    assert changed.version == 2
    assert [v.version for v in changed.versions] == [2, 1]
    assert changed.versions[1].filter.sources == ["web"]
    assert put(caller, "ada", path, {"filter": {}, "version": 1}).status_code == 409
    assert put(caller, "olga", path, {}).json()["version"] == 2

    other = caller.post("olga", "/api/segments", json={"name": "Other", "filter": {}})
    assert put(caller, "olga", path, {"name": "Other"}).status_code == 409
    assert other.status_code == 201

    # Every member knows the segments; archived ones are listed apart.
    assert names(caller, "pia") == ["Other", "Web"]
    assert delete(caller, "olga", path).json()["archived_at"] is not None
    assert names(caller, "pia") == ["Other"]
    assert names(caller, "pia", archived="true") == ["Web"]
    again = decoded(delete(caller, "olga", path), segments.SegmentHistory)
    assert again.archived_at is not None
    assert put(caller, "olga", path, {"archived": False}).json()["archived_at"] is None
    page = decoded(caller.get("pia", "/api/segments", {"limit": "1"}), segments.SegmentPage)
    assert [segment.segment_name for segment in page.items] == ["Other"]
    assert page.next_cursor is not None
    assert names(caller, "pia", limit="1", cursor=page.next_cursor) == ["Web"]
    kept = conn.execute("select count(*) from crm.segment_versions").fetchone()
    assert kept == (3,)


def names(caller: Caller, person: str, **parameters: str) -> list[str]:
    page = decoded(caller.get(person, "/api/segments", parameters), segments.SegmentPage)
    return [segment.segment_name for segment in page.items]


def put(caller: Caller, name: str, path: str, body: object) -> httpx.Response:
    return caller.client.put(
        path, json=body, headers={"Authorization": f"Bearer {caller.token(name)}"}
    )


def delete(caller: Caller, name: str, path: str) -> httpx.Response:
    return caller.client.delete(path, headers={"Authorization": f"Bearer {caller.token(name)}"})


@pytest.mark.parametrize("name", ["mo", "ann", "pia"])
def test_only_owners_and_admins_change_segments(
    caller: Caller, ids: dict[str, UUID], name: str
) -> None:
    path = f"/api/segments/{ids['Wide']}"
    created = caller.post(name, "/api/segments", json={"name": "Mine", "filter": {}})
    assert created.status_code == 403
    assert put(caller, name, path, {"name": "Mine"}).status_code == 403
    assert delete(caller, name, path).status_code == 403
    assert put(caller, "ona", path, {"name": "Mine"}).status_code == 404
    assert delete(caller, "ona", path).status_code == 404


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"source": ["web"]}, "source"),
        ({"sources": []}, "sources"),
        ({"sources": None}, "sources"),
        ({"statuses": ["converted"]}, "statuses"),
        ({"min_score": "seven"}, "min_score"),
        ({"has_email": "perhaps"}, "has_email"),
        ({"created_after": "2026-03-01"}, "created_after"),
        # What the Struct cannot see, SQL does.
        ({"min_score": 2, "max_score": 1}, "max_score"),
        ({"tags": ["\u0000"]}, None),
    ],
)
def test_a_rule_that_is_not_possible(
    caller: Caller, rule: dict[str, object], field: str | None
) -> None:
    for response in (
        caller.post("olga", "/api/segments/preview", json={"filter": rule}),
        caller.post("olga", "/api/segments", json={"name": "x", "filter": rule}),
    ):
        assert response.status_code == 400, response.text
        assert field is None or field in response.text


def test_nothing_of_a_rule_is_taken_for_sql(caller: Caller, conn: psycopg.Connection) -> None:
    evil = "web') or true --"
    make.lead(conn, caller.gym.iron, source=evil)
    rule = {"filter": {"sources": [evil]}}
    assert caller.post("olga", "/api/segments/preview", json=rule).json()["count"] == 1
    rule = {"filter": {"sources": ["'; drop table crm.leads; --"]}}
    assert caller.post("olga", "/api/segments/preview", json=rule).json()["count"] == 0


# --- side by side, over time, in parts ---


def test_compare(sent: Sent) -> None:
    asked = [sent.ids["South"], sent.ids["Wide"], sent.ids["Quiet"]]
    path = "/api/segments/compare?" + "&".join(f"segment_id={key}" for key in asked)
    found = decoded(sent.reader.get("olga", path), segments.Comparison)

    assert [row.segment_id for row in found.segments] == asked
    south, wide, quiet = found.segments
    assert (south.reply_rate, south.is_provisional, south.reply_rank) == (0.3333, True, None)
    assert (wide.reply_rate, wide.avg_reply_hours) == (0.1167, 1.5)
    assert (quiet.reply_rate, quiet.probability_best) == (None, None)
    assert south.probability_best is not None
    assert wide.probability_best is not None
    assert south.probability_best + wide.probability_best == pytest.approx(1, abs=1e-3)
    assert south.probability_best > 0.9

    assert (
        sent.reader.get("olga", f"/api/segments/compare?segment_id={asked[0]}").status_code == 400
    )
    twice = f"/api/segments/compare?segment_id={asked[0]}&segment_id={asked[0]}"
    assert sent.reader.get("olga", twice).status_code == 400
    unknown = f"/api/segments/compare?segment_id={asked[0]}&segment_id={make.new_id()}"
    assert sent.reader.get("olga", unknown).status_code == 404
    assert sent.reader.get("ona", path).status_code == 404


def test_a_segment_younger_than_the_figures_is_there(
    caller: Caller, ids: dict[str, UUID], conn: psycopg.Connection
) -> None:
    young = make.segment(conn, caller.gym.iron, "Young")
    found = decoded(
        caller.get("olga", f"/api/segments/{young}/performance"), segments.SegmentReport
    )
    assert (found.segment.leads_sent, found.hours, found.campaigns) == (0, [], [])
    path = f"/api/segments/compare?segment_id={young}&segment_id={ids['Wide']}"
    both = decoded(caller.get("olga", path), segments.Comparison)
    assert [row.leads_sent for row in both.segments] == [0, 60]


def test_parts_of_a_segment(caller: Caller, conn: psycopg.Connection) -> None:
    gym = caller.gym
    segment = make.segment(conn, gym.copper, "Tested")
    campaign = make.campaign(conn, gym.copper, "A or B")
    for variant, replied in (("A", 10), ("B", 25)):
        send(
            conn, gym.copper, segment, gym["olaf"], (100, 50, replied, 0),
            variant=variant, campaign=campaign,
        )  # fmt: skip
    conn.execute('update crm.segments set filter = \'{"tags": ["x"]}\' where id = %s', (segment,))
    conn.execute("call ops.refresh()")
    found = decoded(
        caller.get("ona", f"/api/segments/{segment}/performance"), segments.SegmentReport
    )
    (tested,) = found.campaigns
    first, second = tested.variants
    assert (tested.campaign_name, tested.leads_sent, tested.replied) == ("A or B", 200, 35)
    assert str(tested.last_sent_on) == "2026-03-24"
    assert (first.verdict, first.p_value, first.difference) == (None, None, None)
    # z = 0.15 / sqrt(0.175 x 0.825 x 0.02) = 2.7914
    assert (second.verdict, second.p_value, second.difference) == ("better", 0.0052, 0.15)
    # 24 March 2026 is a Tuesday.
    assert [(d.weekday, d.leads_sent, d.reply_rate) for d in found.weekdays] == [(2, 200, 0.175)]
    assert [(h.hour, h.replied) for h in found.hours] == [(9, 35)]
    assert (found.segment.best_hour, found.segment.best_weekday) == (9, 2)
    # The figures of the former rule stay under its version.
    (version,) = found.versions
    assert (version.version, version.filter, version.leads_sent) == (
        1,
        segments.SegmentFilter(),
        200,
    )
    assert found.segment.version == 2


def test_trend(sent: Sent) -> None:
    path = f"/api/segments/{sent.ids['Wide']}/trend"
    weeks = decoded(sent.reader.get("olga", path), segments.Trend)
    assert len(weeks.data) == 12
    # 29 March is a Sunday: the present week is whole.
    assert [str(day) for day in (weeks.data[-1].from_day, weeks.data[-1].to_day)] == [
        "2026-03-23",
        "2026-03-30",
    ]
    assert [row.leads_sent for row in weeks.data[-2:]] == [0, 60]
    assert (weeks.data[-1].reply_rate, weeks.data[-2].reply_rate) == (0.1167, None)
    days = decoded(sent.reader.get("olga", path, {"bucket": "day", "periods": "7"}), segments.Trend)
    assert [row.leads_sent for row in days.data] == [0, 60, 0, 0, 0, 0, 0]
    for bad in ({"bucket": "year"}, {"periods": "0"}, {"periods": "101"}):
        assert sent.reader.get("olga", path, bad).status_code == 400


def test_all_segments_page_by_page(sent: Sent) -> None:
    path = "/api/segments/performance"
    whole = decoded(sent.reader.get("olga", path), segments.PerformancePage)
    assert [row.segment_name for row in whole.items] == ["Wide", "South", "Quiet"]
    assert whole.items[0].probability_best == 1
    assert len(sent.ids) == 3
    seen: list[segments.SegmentPerformance] = []
    cursor: str | None = ""
    while cursor is not None:
        parameters = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = decoded(sent.reader.get("olga", path, parameters), segments.PerformancePage)
        seen += page.items
        cursor = page.next_cursor
    assert seen == whole.items


# --- tags and files ---


@pytest.mark.usefixtures("ids")
def test_what_is_known_is_not_sent_again(caller: Caller, conn: psycopg.Connection) -> None:
    first = caller.get("olga", TOP)
    tag = {"If-None-Match": first.headers["etag"]}
    assert caller.get("olga", TOP, headers=tag).status_code == 304
    assert caller.get("olga", TOP, {"days": "7"}, headers=tag).status_code == 200
    assert caller.get("ada", TOP, headers=tag).status_code == 200
    conn.execute("update crm.campaign_leads set first_replied_at = null")
    conn.execute("call ops.refresh()")
    assert caller.get("olga", TOP, headers=tag).status_code == 200


def test_files_hold_the_rows_of_the_answer(sent: Sent) -> None:
    compared = f"?segment_id={sent.ids['Wide']}&segment_id={sent.ids['South']}"
    for path, query, rows in (
        (TOP, "", "segments"),
        ("/api/segments/performance", "", "items"),
        ("/api/segments/compare", compared, "segments"),
        (f"/api/segments/{sent.ids['Wide']}/trend", "", "data"),
    ):
        for name in ("olga", "sam"):
            answer = exact(sent.reader.get(name, path + query).content)[rows]
            response = sent.reader.get(name, f"{path}.csv{query}")
            assert response.status_code == 200, response.text
            lines = list(csv.DictReader(io.StringIO(response.text)))
            assert [list(line) for line in lines] == [list(row) for row in answer]
            for line, row in zip(lines, answer, strict=True):
                assert line == {key: _as_csv(value) for key, value in row.items()}
            sheet = sent.reader.get(name, f"{path}.xlsx{query}")
            assert sheet.status_code == 200
            assert sheet.content[:2] == b"PK"


def _as_csv(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
