"""Reports as they arrive: mail and webhooks, at real servers, also at those that misbehave."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import date, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import asyncpg
import psycopg
import pytest
from psycopg import sql

from api import settings
from api.settings import Settings
from jobs import webhooks
from jobs.delivery import Postman
from jobs.mail import HeaderRefusedError, compose, header
from tests import builders as build
from tests.conftest import url_as
from tests.jobs.receivers import Hook, MailBox, hook_server, mail_server
from tests.reporting import model
from tests.reporting.desk import Desk
from tests.reporting.model import Days, Facts

NOW = "2026-03-30 12:00+00"

Configure = Callable[..., Settings]


@pytest.fixture
def desk(conn: psycopg.Connection) -> Desk:
    """A week with leads and calls, at a frozen clock that the worker's login shares."""
    conn.execute("select set_config('app.now', %s, false)", (NOW,))
    conn.execute(
        sql.SQL("alter role leadboard_worker in database {} set app.now = {}").format(
            sql.Identifier(conn.info.dbname), sql.Literal(NOW)
        )
    )
    desk = Desk(conn)
    conn.execute("update crm.users set name = 'Ann & <Ümit>' where id = %s", (desk.ann,))
    for number in range(9):
        build.lead(
            conn,
            desk.workspace,
            desk.ann,
            created_at=f"2026-03-{23 + number % 7} 09:00+00",
            branch_id=desk.north,
            source="walk_in" if number % 2 else "web",
            first_contact_at=f"2026-03-{23 + number % 7} 09:30+00",
            status="won" if number % 4 == 0 else "contacted",
            status_changed_at=f"2026-03-{23 + number % 7} 15:00+00",
        )
        build.call(
            conn,
            desk.workspace,
            desk.ann,
            f"2026-03-{23 + number % 7} 10:10+00",
            branch_id=desk.north,
            outcome="interested" if number % 3 == 0 else None,
            status="completed" if number % 5 else "missed",
        )
    build.call(conn, desk.workspace, None, "2026-03-18 10:00+00", branch_id=desk.north)
    conn.execute("call ops.refresh()")
    return desk


@pytest.fixture
def box() -> Generator[MailBox]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Generator[Hook]:
    with hook_server() as server:
        yield server


@pytest.fixture
def configure(box: MailBox) -> Configure:
    def make(**variables: str) -> Settings:
        given = {
            "smtp_host": "127.0.0.1",
            "smtp_port": str(box.port),
            "smtp_security": "none",
            "mail_from": "reports@gym.example",
            "loopback_webhooks": "true",
        } | variables
        return settings.load({f"LEADBOARD_{key.upper()}": value for key, value in given.items()})

    return make


@pytest.fixture
async def connection(database: str) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(url_as(database, "leadboard_worker"))
    yield opened
    await opened.close()


async def deliver(connection: "asyncpg.Connection[asyncpg.Record]", configured: Settings) -> None:
    """Everything that can be claimed now."""
    postman = Postman(configured)
    try:
        while await connection.fetchval("select reporting.deliveries_due()"):
            await postman.work(connection)
    finally:
        await postman.close()


class Words(HTMLParser):
    """The text of a page, without style, in one line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.pictures: list[str] = []
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"
        if tag == "img":
            self.pictures.append(dict(attrs)["src"] or "")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()

    @property
    def line(self) -> str:
        return " ".join(self.words)


def parts(message: EmailMessage) -> dict[str, list[EmailMessage]]:
    found: dict[str, list[EmailMessage]] = {}
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        found.setdefault(part.get_content_type(), []).append(part)
    return found


def shown(figure: dict[str, Any]) -> str:
    """A figure of the second computation in the words of a report."""
    value, unit = figure["value"], figure["unit"]
    if value is None:
        return "–"  # noqa: RUF001
    if unit == "seconds":
        return f"{int(value) // 60}:{int(value) % 60:02} min"
    return (
        f"{value:.1f} %"
        if unit == "percent"
        else f"{value:.1f} min"
        if unit == "minutes"
        else f"{value:.0f}"
    )


async def test_a_mail_as_it_arrives(
    desk: Desk,
    box: MailBox,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    desk.generate(report_type="weekly", recipients=["ann@example.test", "bob@example.test"])
    await deliver(connection, configure())

    assert box.recipients == ["ann@example.test", "bob@example.test"]
    assert [s["status"] for s in desk.sendings()] == ["sent", "sent"]
    first, second = box.messages
    assert first["To"] == "ann@example.test"
    assert first["From"] == "reports@gym.example"
    assert first["Subject"] == "Weekly report: North, Mon 23 Mar 2026 to Sun 29 Mar 2026"
    assert first["Auto-Submitted"] == "auto-generated"
    assert [m["Message-ID"] for m in box.messages] == [s["message_id"] for s in desk.sendings()]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"].endswith("@gym.example>")

    found = parts(first)
    assert first.get_content_type() == "multipart/alternative"
    [page], [text] = found["text/html"], found["text/plain"]
    words = Words(page.get_content())
    plain = text.get_content()
    # Every picture that the page shows is attached, and is one.
    attached = {part["Content-ID"].strip("<>"): part.get_content() for part in found["image/png"]}
    assert sorted(words.pictures) == sorted(f"cid:{name}" for name in attached)
    assert {name.partition("@")[0] for name in attached} == {"trend", "funnel", "sources", "hours"}
    assert all(png.startswith(b"\x89PNG\r\n") and len(png) > 3000 for png in attached.values())

    # The figures are those of a second computation.
    days = Days(date(2026, 3, 23), date(2026, 3, 30))
    expected = model.weekly(Facts(desk.connection, desk.workspace, desk.north), days)
    labels = [
        "New leads",
        "Converted",
        "Conversion rate",
        "First response",
        "Calls",
        "Answered",
        "Answer rate",
        "Interested",
        "Success rate",
        "Mean call",
    ]
    for label, figure in zip(labels, expected["figures"], strict=True):
        assert f"{label}: {shown(figure)}" in plain, label
        assert re.search(rf"{label}.{{0,40}} {re.escape(shown(figure))}", words.line), label
    # Names are escaped in HTML, and plain in text.
    assert "Ann & <Ümit>" in plain
    assert "Ann & <Ümit>" in words.line
    assert "<Ümit>" not in page.get_content()
    assert "Walk in" in words.line


async def test_a_daily_mail_of_an_empty_day_says_so(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    desk.generate(date="2026-02-01", recipients=["ann@example.test"])
    await deliver(connection, configure())

    [message] = box.messages
    found = parts(message)
    assert "Nothing happened" in found["text/plain"][0].get_content()
    assert "Nothing happened" in Words(found["text/html"][0].get_content()).line
    assert "image/png" not in found


async def test_a_late_report_lists_what_was_missed(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    desk.subscribe(recipients=["ann@example.test"])
    desk.connection.execute(
        "update reporting.subscriptions set scheduled_since = '2026-03-28 00:00+00',"
        " next_due_at = '2026-03-28 08:00+00'"
    )
    desk.enqueue()
    await deliver(connection, configure())

    [message] = box.messages
    for kind in ("text/plain", "text/html"):
        content = parts(message)[kind][0].get_content()
        assert "This report is late" in content
        assert "Sun 29 Mar 2026; Sat 28 Mar 2026" in content


async def test_one_bad_recipient_of_three(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    box.refuse = {"bad@example.test": "550 no such user", "full@example.test": "452 mailbox full"}
    desk.generate(recipients=["good@example.test", "bad@example.test", "full@example.test"])
    await deliver(connection, configure())

    assert box.recipients == ["good@example.test"]
    assert [(s["status"], s["last_error_class"]) for s in desk.sendings()] == [
        ("sent", None),
        ("dead", "smtp_5xx"),
        ("failed", "smtp_4xx"),
    ]
    assert "550 no such user" in desk.sendings()[1]["last_error"]


async def test_servers_that_fail(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async def attempt() -> dict[str, Any]:
        desk.connection.execute("delete from reporting.deliveries")
        desk.generate(recipients=["ann@example.test"])
        await deliver(connection, configured)
        [sending] = desk.sendings()
        return {key: sending[key] for key in ("status", "last_error_class")}

    configured = configure()
    box.answers = ["451 later", "554 never", "250"]
    assert await attempt() == {"status": "failed", "last_error_class": "smtp_4xx"}
    assert await attempt() == {"status": "dead", "last_error_class": "smtp_5xx"}
    assert await attempt() == {"status": "sent", "last_error_class": None}
    box.cut = 1
    assert await attempt() == {"status": "failed", "last_error_class": "connection"}
    configured = configure(smtp_port="1")
    assert await attempt() == {"status": "failed", "last_error_class": "connection"}
    configured = configure(smtp_host="", smtp_port="1")
    assert await attempt() == {"status": "failed", "last_error_class": "not_configured"}
    # This server offers no TLS.
    configured = configure(smtp_security="starttls")
    assert await attempt() == {"status": "failed", "last_error_class": "smtp_unsupported"}


async def test_a_slow_mail_server(
    desk: Desk,
    box: MailBox,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jobs.mail.TIMEOUT", 0.3)
    box.pause = 1.0
    desk.generate(recipients=["ann@example.test"])
    await deliver(connection, configure())
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == ("failed", "timeout")


async def test_login_at_the_mail_server(
    desk: Desk, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with mail_server(auth_required=True, auth_require_tls=False) as box:
        desk.generate(recipients=["ann@example.test"])
        port = str(box.port)
        await deliver(connection, configure(smtp_port=port, smtp_user="u", smtp_password="wrong"))
        [sending] = desk.sendings()
        assert (sending["status"], sending["last_error_class"]) == ("failed", "smtp_login")

        desk.connection.execute(
            "update reporting.delivery_recipients set next_attempt_at = app.now()"
        )
        await deliver(connection, configure(smtp_port=port, smtp_user="u", smtp_password="right"))
        assert desk.statuses() == ["sent"]
        assert set(box.logins) == {"u"}


async def test_a_template_of_the_members_own(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    own = (
        "<h1>{{ branch }}</h1><img src='{{ charts.hours }}'>"
        "{% for p in staff %}{{ p.name }}{% endfor %}"
    )
    template: UUID = desk.call(
        desk.mo, "save_template", desk.workspace, None, {"name": "Own", "template_content": own}
    )
    broken: UUID = desk.call(
        desk.mo,
        "save_template",
        desk.workspace,
        None,
        {"name": "Broken", "template_content": "\n{{ x"},
    )
    for chosen in (template, broken):
        desk.generate(
            report_type="weekly", template_id=str(chosen), recipients=[f"{chosen}@example.test"]
        )
    await deliver(connection, configure())

    [message] = box.messages
    found = parts(message)
    page = found["text/html"][0].get_content()
    assert page.startswith("<h1>North</h1><img src='cid:hours@leadboard'>Ann &amp; &lt;Ümit&gt;")
    assert [part["Content-ID"] for part in found["image/png"]] == ["<hours@leadboard>"]
    assert "North: weekly report" in found["text/plain"][0].get_content()
    dead = next(s for s in desk.sendings() if s["status"] == "dead")
    assert dead["last_error_class"] == "template"
    assert dead["last_error"].startswith("Line 2: syntax error")


async def test_slack(
    desk: Desk, hook: Hook, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    desk.generate(
        report_type="weekly",
        delivery_method="slack",
        recipients=[f"{hook.url}/services/T0/B0/secretsecretsecret"],
    )
    await deliver(connection, configure())

    [(path, headers, body)] = hook.posts
    assert path == "/services/T0/B0/secretsecretsecret"
    assert headers["Content-Type"] == "application/json"
    message = json.loads(body)
    assert message["text"] == "Weekly report: North, Mon 23 Mar 2026 to Sun 29 Mar 2026"
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["header", "section", "section", "section", "section", "context"]
    fields = [field["text"] for field in message["blocks"][2]["fields"]]
    assert fields[0].startswith("*New leads*\n9")
    assert len(fields) <= 10
    assert "*Ann &amp; &lt;Ümit&gt;*" in body.decode()
    assert desk.statuses() == ["sent"]


async def test_a_signed_webhook(
    desk: Desk, hook: Hook, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    key = "a key of sixteen characters"
    hook.answers = [(503, {"Retry-After": "120"}), (200, {})]
    desk.generate(delivery_method="webhook", recipients=[f"{hook.url}/in?x=1"], signing_key=key)
    await deliver(connection, configure())
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == ("failed", "http_5xx")
    assert sending["next_attempt_at"] - sending["updated_at"] > timedelta(0)
    desk.connection.execute("update reporting.delivery_recipients set next_attempt_at = app.now()")
    await deliver(connection, configure())

    (path, headers, body), (_, again, repeated) = hook.posts
    assert path == "/in?x=1"
    signature = webhooks.signature(key, headers["X-Leadboard-Timestamp"], body)
    assert headers["X-Leadboard-Signature"] == f"v1={signature}"
    assert again["X-Leadboard-Delivery"] == headers["X-Leadboard-Delivery"] == str(sending["id"])
    assert repeated == body
    assert (
        json.loads(body)["report"]
        == desk.rows("select reporting.named(report_data) as data from reporting.deliveries")[0][
            "data"
        ]
    )
    assert key.encode() not in body


@pytest.mark.parametrize(
    ("answer", "headers", "status", "error"),
    [
        (429, "Retry-After: 7200", "failed", "http_429"),
        (500, "", "failed", "http_5xx"),
        (0, "", "failed", "connection"),
        (400, "", "dead", "http_4xx"),
        (403, "", "dead", "http_4xx"),
        (302, "Location: http://127.0.0.1:9/", "dead", "http_redirect"),
        (404, "", "dead", "http_404"),
        (410, "", "dead", "http_410"),
    ],
)
async def test_webhooks_that_fail(
    desk: Desk,
    hook: Hook,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
    answer: int,
    headers: str,
    status: str,
    error: str,
) -> None:
    hook.answers = [(answer, dict([headers.split(": ")] if headers else []))]
    desk.generate(delivery_method="slack", recipients=[f"{hook.url}/services/T/B/x"])
    await deliver(connection, configure())
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == (status, error)
    assert len(hook.posts) == 1, "redirects are not followed"
    if error == "http_429":
        waits = desk.rows(
            "select next_attempt_at - app.now() as wait from reporting.delivery_recipients"
        )
        assert waits[0]["wait"] == timedelta(hours=2)


async def test_a_slow_webhook_and_one_that_talks_too_much(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"x": 1}
    hook.body = b"x" * 1_000_000
    post = webhooks.post_signed(hook.url, "k" * 16, "id", report, {}, loopback=True)
    assert (await post).kind == "sent"

    monkeypatch.setattr(webhooks, "PATIENCE", 0.2)
    hook.pause = threading.Event()
    slow = await webhooks.post_signed(hook.url, "k" * 16, "id", report, {}, loopback=True)
    hook.pause.set()
    assert (slow.kind, slow.error_class) == ("transient", "timeout")


async def test_the_checked_address_is_what_is_connected_to(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once, by us: what it would stand for a moment later does not matter."""
    answers = [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], []]

    async def look_up(_: object) -> list[str]:
        return answers.pop(0)

    monkeypatch.setattr(webhooks, "_look_up", look_up)
    port = hook.url.rpartition(":")[2]
    url = f"http://localhost:{port}/x"
    sent = await webhooks.post_signed(url, "k" * 16, "id", {}, {}, loopback=True)
    assert sent.kind == "sent"
    assert hook.posts[0][1]["Host"] == f"localhost:{port}"
    for loopback in (True, False, False):
        given = url if loopback else "https://hooks.example.com/x"
        refused = await webhooks.post_signed(given, "k" * 16, "id", {}, {}, loopback=loopback)
        assert (refused.kind, refused.error_class) == ("permanent", "forbidden_address")
    assert len(hook.posts) == 1


async def test_without_the_switch_this_machine_is_out_of_reach(hook: Hook) -> None:
    for url in (hook.url, hook.url.replace("http:", "https:"), "https://localhost/x"):
        refused = await webhooks.post_signed(url, "k" * 16, "id", {}, {})
        assert refused.error_class == "forbidden_address"
    assert hook.posts == []


async def test_a_webhook_that_is_gone_is_told_to_the_creator(
    desk: Desk,
    hook: Hook,
    box: MailBox,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    hook.answers = [(410, {})]
    desk.subscribe(
        delivery_method="slack", recipients=[f"{hook.url}/services/T/B/topsecrettopsecret"]
    )
    desk.connection.execute(
        "update reporting.subscriptions set scheduled_since = '2026-03-30 00:00+00',"
        " next_due_at = '2026-03-30 07:00+00'"
    )
    desk.enqueue()
    await deliver(connection, configure())

    [message] = box.messages
    assert box.recipients == [
        desk.rows("select email from crm.users where id = %s", desk.mo)[0]["email"]
    ]
    assert message["Subject"] == "Paused: Daily report"
    words = message.get_content()
    assert "does not exist any more" in words
    assert "topsecret" not in words


async def test_nothing_secret_is_logged(
    desk: Desk,
    hook: Hook,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    hook.answers = [(500, {}), (404, {})]
    for _ in range(3):
        desk.generate(
            delivery_method="webhook",
            recipients=[f"{hook.url}/topsecret"],
            signing_key="topsecret key key",
        )
    await deliver(connection, configure())
    assert len([r for r in caplog.records if r.name == "leadboard.delivery"]) == 3
    logged = " ".join(f"{r.getMessage()} {vars(r)}" for r in caplog.records if r.name != "asyncio")
    assert "topsecret" not in logged


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: b@c.test", "a\x00", "a\x7f", "a\u2028b", "=?utf-8?q?=0A?="]
)
def test_headers_are_not_for_injection(text: str) -> None:
    with pytest.raises(HeaderRefusedError):
        header(text)
    for name in ("sender", "recipient", "subject", "message_id"):
        given = {"sender": "a@b.c", "recipient": "d@e.f", "subject": "s", "message_id": "<i@j.k>"}
        changed = given | {name: text}
        with pytest.raises(HeaderRefusedError):
            compose(
                sender=changed["sender"],
                recipient=changed["recipient"],
                subject=changed["subject"],
                message_id=changed["message_id"],
                text="x",
            )
    assert header("Größe: 5") == "Größe: 5"


async def test_a_branch_with_a_dangerous_name(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    desk.connection.execute(
        "update crm.branches set name = %s where id = %s", ("North\r\nBcc: x@y.test", desk.north)
    )
    desk.generate(recipients=["ann@example.test"])
    await deliver(connection, configure())
    assert box.messages == []
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == ("dead", "header")


async def test_a_report_that_cannot_be_drawn_holds_up_nobody(
    desk: Desk, box: MailBox, configure: Configure, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    broken = desk.generate(recipients=["ann@example.test"])
    desk.generate(recipients=["bob@example.test"])
    desk.connection.execute(
        "update reporting.deliveries set report_data = report_data - 'calls' where id = %s",
        (broken,),
    )
    await deliver(connection, configure())
    assert box.recipients == ["bob@example.test"]
    assert [(s["status"], s["last_error_class"]) for s in desk.sendings()] == [
        ("failed", "unexpected"),
        ("sent", None),
    ]


async def test_a_sending_that_takes_too_long_is_left_in_time(
    desk: Desk,
    box: MailBox,
    configure: Configure,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anybody could take over: the rest of the batch is not begun."""
    monkeypatch.setattr("jobs.delivery.LONGEST", 0.5)
    monkeypatch.setattr("jobs.delivery.LATEST_BEGIN", 0.4)
    box.pause = 1.0
    desk.generate(recipients=["ann@example.test", "bob@example.test"])
    await deliver(connection, configure())
    assert [(s["status"], s["last_error_class"]) for s in desk.sendings()] == [
        ("failed", "timeout"),
        ("claimed", None),
    ]


async def test_two_workers_at_once_send_each_report_once(
    desk: Desk, box: MailBox, configure: Configure, database: str
) -> None:
    for _ in range(4):
        desk.generate(date="2026-02-01", recipients=[f"p{n}@example.test" for n in range(10)])
    sessions = [await asyncpg.connect(url_as(database, "leadboard_worker")) for _ in range(2)]
    try:
        await asyncio.gather(*(deliver(session, configure()) for session in sessions))
    finally:
        for session in sessions:
            await session.close()
    assert len(box.messages) == 40
    assert len({m["Message-ID"] for m in box.messages}) == 40
    assert {s["claimed_by"] for s in desk.sendings()} != set()
