"""Reports to webhooks: Slack's, with Block Kit, and others, signed.

The name of the host is looked up here, every answer is checked (api/webhook_urls.py), and the
connection is made to the checked address, while TLS still proves the name. No redirects are
followed; of the answer a little is read, and the whole conversation has one time limit.
"""

import asyncio
import hashlib
import hmac
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import httpcore
import msgspec

from api.rendering import context
from api.webhook_urls import ForbiddenUrl, Webhook, check_addresses, parse
from jobs.outcome import SENT, Outcome

Json = Mapping[str, object]

# Seconds for the whole conversation, and bytes of the answer that are looked at.
PATIENCE = 15.0
MOST_ANSWER = 16 * 1024

# Slack takes ten fields in a section, and so many characters in a text.
MOST_FIELDS = 10
MOST_TEXT = 2900


async def post_to_slack(url: str, report: Json, notes: Json, *, loopback: bool = False) -> Outcome:
    """Posts a report as Block Kit to an incoming webhook."""
    body = msgspec.json.encode(slack_message(report, notes))
    return await _post("slack", url, body, {}, loopback=loopback)


async def post_signed(
    url: str, key: str, delivery: str, report: Json, notes: Json, *, loopback: bool = False
) -> Outcome:
    """Posts a report as JSON. ``X-Leadboard-Signature`` is "v1=" and the hexadecimal HMAC-SHA256,
    by the key, of the value of ``X-Leadboard-Timestamp`` (Unix seconds), a point and the body.
    ``X-Leadboard-Delivery`` is the same in every attempt, so that a repeat can be told."""
    body = msgspec.json.encode({"id": delivery, "notes": notes, "report": report})
    timestamp = str(int(time.time()))
    headers = {
        "X-Leadboard-Delivery": delivery,
        "X-Leadboard-Timestamp": timestamp,
        "X-Leadboard-Signature": f"v1={signature(key, timestamp, body)}",
    }
    return await _post("webhook", url, body, headers, loopback=loopback)


def signature(key: str, timestamp: str, body: bytes) -> str:
    """What a receiver computes, too."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def slack_message(report: Json, notes: Json) -> dict[str, object]:
    """The report in Slack's blocks, and a line for notifications."""
    names = context.context(report, notes, {})
    figures = cast("list[dict[str, object]]", names["figures"])
    blocks: list[object] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": f"{names['branch']}: {names['title']}"[:150]},
        },
        _section(f"{_escaped(names['workspace'])}, {_escaped(names['period'])}"),
    ]
    if names["is_late"]:
        blocks.append(_section(":warning: This report is late."))
    if missed := cast("list[str]", names["missed"]):
        blocks.append(_section(f"Not sent any more: the reports due on {'; '.join(missed)}."))
    if names["is_empty"]:
        blocks.append(_section("Nothing happened: no lead came in or was won, and nobody called."))
    else:
        blocks.append(
            {
                "type": "section",
                "fields": [
                    {"type": "mrkdwn", "text": _field(figure)} for figure in figures[:MOST_FIELDS]
                ],
            }
        )
        if best := cast("dict[str, object] | None", names["best_hour"]):
            blocks.append(
                _section(
                    f"Best hour: *{best['text']}*, {best['interested']} of {best['calls']} calls "
                    f"ended with interest ({best['rate']})."
                )
            )
        if staff := cast("list[dict[str, object]]", names["staff"]):
            lines = [
                f"*{_escaped(person['name'])}*: {person['converted']} converted, "
                f"{person['calls']} calls, success rate {person['success_rate']}"
                for person in staff
            ]
            blocks.append(_section("\n".join(_within(lines, MOST_TEXT))))
    blocks.append(
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": f"Figures as of {names['as_of']}."}],
        }
    )
    return {"text": _escaped(context.subject(report)), "blocks": blocks}


async def _post(
    channel: str, url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool
) -> Outcome:
    """Never raises what the other side does wrong: that is the outcome."""
    try:
        webhook = parse(channel, url, loopback=loopback)
        async with asyncio.timeout(PATIENCE):
            address = check_addresses(await _look_up(webhook), loopback=loopback)
            return await _talk(webhook, address, body, headers)
    except ForbiddenUrl as error:
        return Outcome("permanent", "forbidden_address", str(error))
    except socket.gaierror:
        return Outcome("transient", "dns", "The name of the host cannot be looked up.")
    except TimeoutError:
        return Outcome("transient", "timeout", f"No answer within {PATIENCE:.0f} seconds.")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        # A wrong certificate may be mended as well.
        return Outcome("transient", "connection", f"Webhook: {type(error).__name__}.")


async def _look_up(webhook: Webhook) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(
        webhook.host, webhook.port, type=socket.SOCK_STREAM
    )
    return [str(each[4][0]) for each in found]


async def _talk(webhook: Webhook, address: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    url = httpcore.URL(
        scheme=b"https" if webhook.secure else b"http",
        host=webhook.host.encode(),
        port=webhook.port,
        target=webhook.target.encode(),
    )
    given = {
        "Host": webhook.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Leadboard",
        "Connection": "close",
        **headers,
    }
    async with (
        httpcore.AsyncConnectionPool(
            network_backend=_Pinned(address), ssl_context=ssl.create_default_context()
        ) as pool,
        pool.stream(
            "POST", url, headers=[(k.encode(), v.encode()) for k, v in given.items()], content=body
        ) as response,
    ):
        answer = b""
        async for chunk in response.aiter_stream():
            answer += chunk
            if len(answer) > MOST_ANSWER:
                break
        wait = next((v for k, v in response.headers if k.lower() == b"retry-after"), None)
        return _outcome(response.status, wait)


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the address that was checked, whatever the name would stand for by now."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._backend = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name was looked up before
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - part of the interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._backend.connect_tcp(
            self._address, port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


def _outcome(status: int, wait: bytes | None) -> Outcome:
    words = f"The webhook answered {status}."
    if 200 <= status < 300:
        return SENT
    if status in (404, 410):
        return Outcome("gone", f"http_{status}", words)
    if status in (408, 425, 429) or status >= 500:
        name = "http_429" if status == 429 else "http_5xx" if status >= 500 else "http_4xx"
        return Outcome("transient", name, words, _seconds(wait))
    if 300 <= status < 400:
        return Outcome("permanent", "http_redirect", f"{words} Redirects are not followed.")
    return Outcome("permanent", "http_4xx", words)


def _seconds(wait: bytes | None) -> int | None:
    """Retry-After in seconds: a number, or a date."""
    if wait is None:
        return None
    text = wait.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(int(text), 86400) if len(text) < 10 else 86400
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0, round((moment - datetime.now(UTC)).total_seconds())), 86400)


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:MOST_TEXT]}}


def _field(figure: Mapping[str, object]) -> str:
    change = (
        f"\n{figure['change_text']} from {figure['previous_text']}" if figure["change_text"] else ""
    )
    return f"*{_escaped(figure['label'])}*\n{_escaped(figure['text'])}{change}"


def _escaped(text: object) -> str:
    """Slack's three characters: nothing that a name holds becomes a link or a mention."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _within(lines: list[str], most: int) -> list[str]:
    """As many lines as fit, so that no mark-up is cut in the middle."""
    kept: list[str] = []
    for line in lines:
        most -= len(line) + 1
        if most < 0:
            break
        kept.append(line)
    return kept
