"""The addresses of branch reports: the source system's bodies to the letter, who may, and what is
answered."""

from collections.abc import Mapping
from typing import Any, cast

import httpx
import msgspec
import psycopg
import pytest

from api.reporting import (
    Delivery,
    DeliveryPage,
    Subscription,
    SubscriptionPage,
    Template,
    TemplatePage,
)
from tests import builders as build
from tests.api.conftest import Caller, Serve

BASE = "/api/analytics/reporting"
SLACK = "https://hooks.slack.com/services/T0001/B0002/abcdefghijklmnop"

Body = dict[str, Any]


def put(caller: Caller, name: str, path: str, body: Mapping[str, object]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {caller.token(name)}"}
    return caller.client.put(path, json=body, headers=headers)


def delete(caller: Caller, name: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {caller.token(name)}"}
    return caller.client.delete(path, headers=headers)


def subscription(caller: Caller, **fields: object) -> Body:
    """The body of the source system's guide, for the branch north of Iron Gym."""
    gym = caller.gym
    return {
        "branch_id": str(gym.north),
        "gym_id": str(gym.iron),
        "report_type": "daily",
        "delivery_method": "email",
        "recipients": ["your-email@example.com"],
        "delivery_time": "09:00",
        "created_by": str(gym["mo"]),
    } | fields


def subscribe(caller: Caller, name: str = "mo", **fields: object) -> Subscription:
    body = subscription(caller, created_by=str(caller.gym[name])) | fields
    response = caller.post(name, f"{BASE}/subscriptions", json=body)
    assert response.status_code == 201, response.text
    return msgspec.json.decode(response.content, type=Subscription)


def generate(caller: Caller, name: str = "mo", **fields: object) -> Delivery:
    body: Body = {"report_type": "daily", "branch_id": str(caller.gym.north)} | fields
    response = caller.post(name, f"{BASE}/generate", json=body)
    assert response.status_code == 201, response.text
    return msgspec.json.decode(response.content, type=Delivery)


def test_the_guide_of_the_source_system_step_by_step(caller: Caller) -> None:
    gym = caller.gym
    daily = subscribe(caller)
    assert daily.recipients == ["your-email@example.com"]
    assert daily.delivery_days is None
    assert daily.timezone == "Europe/Amsterdam"
    # It is 14:00 in Amsterdam on 29 March.
    assert str(daily.next_delivery_at) == "2026-03-30 07:00:00+00:00"

    weekly = subscribe(caller, report_type="weekly", delivery_days=["Monday"])
    assert weekly.delivery_days == ["Monday"]

    made = caller.post(
        "mo",
        f"{BASE}/generate",
        json={
            "report_type": "daily",
            "branch_id": str(gym.north),
            "gym_id": str(gym.iron),
            "recipients": ["your-email@example.com"],
        },
    )
    assert made.status_code == 201
    delivery = msgspec.json.decode(made.content, type=Delivery)
    assert delivery.delivery_status == "pending"
    assert made.json()["report_data"]["period"]["start"] == "2026-03-28"

    # The dates of the FAQ; the manager's branch need not be named.
    for body in (
        {"report_type": "daily", "date": "2025-04-25"},
        {"report_type": "weekly", "start_date": "2025-04-14", "end_date": "2025-04-20"},
    ):
        response = caller.post("mo", f"{BASE}/generate", json=body)
        assert response.status_code == 201, response.text
        found = msgspec.json.decode(response.content, type=Delivery)
        assert found.delivery_status == "generated"
        assert found.branch_id == gym.north
    assert str(found.report_period_start) == "2025-04-13 22:00:00+00:00"
    assert str(found.report_period_end) == "2025-04-20 21:59:59+00:00"

    changed = put(caller, "mo", f"{BASE}/subscriptions/{daily.id}", {"delivery_time": "17:00"})
    assert changed.status_code == 200, changed.text
    assert msgspec.json.decode(changed.content, type=Subscription).delivery_time == "17:00"

    slack = subscribe(caller, delivery_method="slack", recipients=[SLACK])
    assert slack.recipients == ["https://hooks.slack.com/...mnop"]

    template = caller.post(
        "mo",
        f"{BASE}/templates",
        json={
            "name": "Custom Daily Report",
            "description": "Report template with company branding",
            "template_type": "html",
            "template_content": "<!DOCTYPE html><html><head><title>Daily Report</title></head>"
            "<body><h1>Daily Report</h1></body></html>",
        },
    )
    assert template.status_code == 201, template.text
    assert msgspec.json.decode(template.content, type=Template).created_by == gym["mo"]

    listed = caller.get("mo", f"{BASE}/deliveries", {"status": "pending"})
    page = msgspec.json.decode(listed.content, type=DeliveryPage)
    assert [each.id for each in page.items] == [delivery.id]
    assert caller.get("mo", f"{BASE}/deliveries", {"status": "failed"}).json()["items"] == []


def test_who_may(caller: Caller) -> None:
    """Owner, admin, and the manager of the branch; nobody else, and nobody of another workspace."""
    gym = caller.gym
    mine = subscribe(caller)
    south = subscribe(caller, "ada", branch_id=str(gym.south))
    delivery = generate(caller)
    template = caller.post(
        "ada", f"{BASE}/templates", json={"name": "A", "template_content": "x"}
    ).json()["id"]
    paths = [
        *(f"{BASE}/{name}" for name in ("templates", "subscriptions", "deliveries")),
        f"{BASE}/templates/{template}",
        f"{BASE}/subscriptions/{mine.id}",
        f"{BASE}/deliveries/{delivery.id}",
        f"{BASE}/deliveries/{delivery.id}/html",
        f"{BASE}/deliveries/{delivery.id}/pdf",
    ]
    for path in paths:
        for name, status in (
            ("olga", 200),
            ("ada", 200),
            ("mo", 200),
            ("ann", 403),
            ("pia", 403),
            ("sam", 403),
            (None, 401),
        ):
            assert caller.get(name, path).status_code == status, (name, path)
        foreign = caller.get("ona", path)
        assert foreign.status_code == (200 if path.count("/") == 4 else 404), path
        if foreign.status_code == 200:
            assert foreign.json()["items"] == []

    # A manager of the other branch's reports: refused, and not listed.
    assert caller.get("mo", f"{BASE}/subscriptions/{south.id}").status_code == 403
    listed = msgspec.json.decode(
        caller.get("mo", f"{BASE}/subscriptions").content, type=SubscriptionPage
    )
    assert [each.id for each in listed.items] == [mine.id]
    assert len(caller.get("olga", f"{BASE}/subscriptions").json()["items"]) == 2
    body = subscription(caller, branch_id=str(gym.south))
    assert caller.post("mo", f"{BASE}/subscriptions", json=body).status_code == 403
    moved = put(caller, "mo", f"{BASE}/subscriptions/{mine.id}", {"branch_id": str(gym.south)})
    assert moved.status_code == 403
    assert put(caller, "mo", f"{BASE}/templates/{template}", {"name": "B"}).status_code == 403
    assert delete(caller, "mo", f"{BASE}/templates/{template}").status_code == 403

    for name in ("ann", "pia"):
        body = subscription(caller, created_by=str(gym[name]))
        assert caller.post(name, f"{BASE}/subscriptions", json=body).status_code == 403
        made = caller.post(
            name, f"{BASE}/generate", json={"report_type": "daily", "branch_id": str(gym.north)}
        )
        assert made.status_code == 403
        sent = caller.post(name, f"{BASE}/send", json={"delivery_id": str(delivery.id)})
        assert sent.status_code == 403
        kept = caller.post(name, f"{BASE}/templates", json={"name": "A", "template_content": "{{"})
        assert kept.status_code == 403, "nothing is rendered for them"
        assert delete(caller, name, f"{BASE}/subscriptions/{mine.id}").status_code == 403
    assert delete(caller, "ona", f"{BASE}/subscriptions/{mine.id}").status_code == 404
    # In somebody else's name.
    assert caller.post("ada", f"{BASE}/subscriptions", json=subscription(caller)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"delivery_time": "9:00"}, "delivery_time"),
        ({"delivery_time": "24:00"}, "delivery_time"),
        ({"delivery_days": ["Funday"]}, "delivery_days"),
        ({"delivery_days": []}, "delivery_days"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"recipients": []}, "recipients"),
        ({"recipients": ["nobody"]}, "recipients[0]"),
        ({"recipients": ["a@b.test\r\nBcc: c@d.test"]}, "recipients[0]"),
        ({"template_id": str(build.new_id())}, "template_id"),
        ({"delivery_method": "slack"}, "recipients[0]"),
        (
            {"delivery_method": "slack", "recipients": ["https://evil.test/services/x"]},
            "recipients[0]",
        ),
        ({"delivery_method": "webhook", "recipients": ["https://example.com/x"]}, "signing_key"),
        (
            {
                "delivery_method": "webhook",
                "recipients": ["https://169.254.169.254/x"],
                "signing_key": "k" * 16,
            },
            "recipients[0]",
        ),
        ({"report_type": "hourly"}, ""),
        ({"surprise": 1}, ""),
    ],
)
def test_bad_subscriptions(caller: Caller, fields: Body, field: str) -> None:
    response = caller.post("mo", f"{BASE}/subscriptions", json=subscription(caller) | fields)
    assert response.status_code == 400, response.text
    if field:
        named = [error["field"] for error in response.json().get("errors", [])]
        assert not named or field in named
    assert caller.get("mo", f"{BASE}/subscriptions").json()["items"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "2026-03-30"},
        {"date": "1999-12-31"},
        {"start_date": "2026-03-01"},
        {"report_type": "weekly", "date": "2026-03-01"},
        {"report_type": "weekly", "start_date": "2026-03-10", "end_date": "2026-03-09"},
        {"report_type": "weekly", "start_date": "2026-01-01", "end_date": "2026-03-01"},
        {"report_type": "weekly", "end_date": "2026-03-01"},
        {"report_type": "weekly", "start_date": "2026-03-28", "end_date": "2026-03-30"},
        {"recipients": ["nobody"]},
        {"template_id": str(build.new_id())},
        {"date": "yesterday"},
    ],
)
def test_bad_reports(caller: Caller, fields: Body) -> None:
    body = {"report_type": "daily", "branch_id": str(caller.gym.north)} | fields
    response = caller.post("mo", f"{BASE}/generate", json=body)
    assert response.status_code == 400, response.text
    assert caller.get("mo", f"{BASE}/deliveries").json()["items"] == [], "nothing half made"


def test_an_owner_of_several_branches_names_one(caller: Caller) -> None:
    response = caller.post("olga", f"{BASE}/generate", json={"report_type": "daily"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "branch_id"
    unknown = {"report_type": "daily", "branch_id": str(build.new_id())}
    assert caller.post("olga", f"{BASE}/generate", json=unknown).status_code == 404


def test_secrets_never_come_back(caller: Caller) -> None:
    key = "a secret signing key"
    made = subscribe(
        caller,
        delivery_method="webhook",
        recipients=["https://example.com/topsecret/topsecret/abcdefgh"],
        signing_key=key,
    )
    path = f"{BASE}/subscriptions/{made.id}"
    # Given back as it was shown, the webhook and its key stay.
    kept = put(caller, "mo", path, {"recipients": [made.recipients[0]], "delivery_time": "10:00"})
    assert kept.status_code == 200, kept.text
    unknown = put(caller, "mo", path, {"recipients": ["https://example.com/...zzzz"]})
    assert unknown.status_code == 400
    # The rules of the method hold for a change that does not name it.
    bad = put(caller, "mo", path, {"recipients": ["http://example.com/x"]})
    assert bad.status_code == 400
    delivery = generate(
        caller,
        delivery_method="webhook",
        recipients=["https://example.com/topsecret/topsecret/abcdefgh"],
        signing_key=key,
    )
    for address in (path, f"{BASE}/subscriptions", f"{BASE}/deliveries/{delivery.id}"):
        answer = caller.get("mo", address).text
        assert "topsecret" not in answer
        assert key not in answer
        assert "https://example.com/...efgh" in answer


def test_templates(caller: Caller) -> None:
    content = "<p>{{ branch }}</p>"
    made = caller.post(
        "mo", f"{BASE}/templates", json={"name": "Ours", "template_content": content}
    )
    assert made.status_code == 201, made.text
    template = msgspec.json.decode(made.content, type=Template)
    path = f"{BASE}/templates/{template.id}"

    again = caller.post("mo", f"{BASE}/templates", json={"name": "Ours", "template_content": "x"})
    assert again.status_code == 409
    for bad, words in (
        ("one\n{{ two", "Line 2: syntax error"),
        ("{{ nothing.like.this }}", "Line 1: undefined value"),
        ("{% include '/etc/passwd' %}", "Line 1: template not found"),
        (
            "\n\n{% for i in range(9000) %}{% for j in range(900) %}x{% endfor %}{% endfor %}",
            "Line 3: engine ran out of fuel",
        ),
    ):
        refused = put(caller, "mo", path, {"template_content": bad})
        assert refused.status_code == 400
        [error] = refused.json()["errors"]
        assert error["field"] == "template_content"
        assert error["message"].startswith(words), error
    assert caller.get("mo", path).json()["template_content"] == content

    subscriber = subscribe(caller, template_id=str(template.id))
    assert delete(caller, "mo", path).status_code == 409
    delivery = generate(caller, template_id=str(template.id))
    page = caller.get("mo", f"{BASE}/deliveries/{delivery.id}/html")
    assert page.text == "<p>North</p>"
    assert (
        put(
            caller, "mo", f"{BASE}/subscriptions/{subscriber.id}", {"template_id": None}
        ).status_code
        == 200
    )
    assert delete(caller, "mo", path).json() == {"id": str(template.id)}
    assert caller.get("mo", path).status_code == 404
    page = caller.get("mo", f"{BASE}/deliveries/{delivery.id}/html")
    assert "daily report" in page.text
    listed = msgspec.json.decode(caller.get("mo", f"{BASE}/templates").content, type=TemplatePage)
    assert listed.items == []


def test_a_report_as_page_and_on_paper(caller: Caller) -> None:
    delivery = generate(
        caller, report_type="weekly", start_date="2026-03-20", end_date="2026-03-26"
    )
    path = f"{BASE}/deliveries/{delivery.id}"

    page = caller.get("mo", f"{path}/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert "sandbox" in policy
    assert "<script" not in page.text
    assert page.text.count("data:image/png;base64,") == 3, "trend, funnel, sources; nobody called"

    paper = caller.get("mo", f"{path}/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert len(paper.content) > 10_000


def test_sending_again(caller: Caller, conn: psycopg.Connection) -> None:
    delivery = generate(caller)
    path = f"{BASE}/deliveries/{delivery.id}"
    nobody = caller.post("mo", f"{BASE}/send", json={"delivery_id": str(delivery.id)})
    assert nobody.status_code == 409

    sent = caller.post(
        "mo",
        f"{BASE}/send",
        json={"delivery_id": str(delivery.id), "recipients": ["a@x.test", "b@x.test"]},
    )
    assert sent.status_code == 202, sent.text
    found = msgspec.json.decode(caller.get("mo", path).content, type=Delivery)
    assert [(s.recipient, s.status, s.attempts) for s in found.sendings] == [
        ("a@x.test", "pending", 0),
        ("b@x.test", "pending", 0),
    ]
    conn.execute(
        "update reporting.delivery_recipients set status = 'dead', next_attempt_at = null,"
        " last_error_class = 'smtp_5xx', last_error = '550 no'"
    )
    conn.execute("select reporting.settle_delivery(%s, %s)", (caller.gym.iron, delivery.id))
    failed = caller.get("mo", f"{BASE}/deliveries", {"status": "failed"}).json()["items"]
    assert [each["error_message"] for each in failed] == ["550 no"]
    again = caller.post("mo", f"{BASE}/send", json={"delivery_id": str(delivery.id)})
    assert again.status_code == 202
    assert len(again.json()["sendings"]) == 4
    assert again.json()["report_data"] == delivery.report_data
    unknown = caller.post("mo", f"{BASE}/send", json={"delivery_id": str(build.new_id())})
    assert unknown.status_code == 404
    bad = caller.post(
        "mo",
        f"{BASE}/send",
        json={"delivery_id": str(delivery.id), "recipients": ["https://10.0.0.1/x"]},
    )
    assert bad.status_code == 400


def test_pages_and_tags(caller: Caller) -> None:
    made = [generate(caller, date=f"2026-03-2{n}").id for n in range(5)]
    first = caller.get("mo", f"{BASE}/deliveries", {"limit": "2"})
    page = msgspec.json.decode(first.content, type=DeliveryPage)
    seen = [each.id for each in page.items]
    while page.next_cursor:
        following = caller.get(
            "mo", f"{BASE}/deliveries", {"limit": "2", "cursor": page.next_cursor}
        )
        page = msgspec.json.decode(following.content, type=DeliveryPage)
        seen += [each.id for each in page.items]
    assert seen == made[::-1]
    tag = {"If-None-Match": first.headers["etag"]}
    assert caller.get("mo", f"{BASE}/deliveries", {"limit": "2"}, tag).status_code == 304
    assert (
        caller.get("mo", f"{BASE}/deliveries", {"branch_id": str(caller.gym.south)}).status_code
        == 403
    )
    only = caller.get("mo", f"{BASE}/deliveries", {"report_type": "weekly"})
    assert only.json()["items"] == []


def test_the_development_switch(serve: Serve) -> None:
    with serve(loopback_webhooks="true") as caller:
        made = subscribe(
            caller, delivery_method="slack", recipients=["http://127.0.0.1:9000/services/T/B/x"]
        )
        assert made.recipients == ["http://127.0.0.1:9000/..."]


def test_figures_are_those_the_caller_sees_in_the_public_views(caller: Caller) -> None:
    """A branch report shows its manager nothing that the views do not: the sums agree."""
    delivery = generate(
        caller, report_type="weekly", start_date="2026-03-20", end_date="2026-03-26"
    )
    figures: dict[str, Any] = {
        f["key"]: f for f in cast("list[Body]", delivery.report_data["figures"])
    }
    with psycopg.connect(caller.app.state.database._url) as api:
        api.execute("select app.act_as(%s)", (caller.gym["mo"],))
        row = api.execute(
            "select sum(leads), sum(won) from analytics.lead_day"
            " where day between '2026-03-20' and '2026-03-26'"
        ).fetchone()
    assert row == (figures["new_leads"]["value"], figures["conversion_rate"]["numerator"])
    assert row == (6, 4)
