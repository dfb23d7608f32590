"""Sending of reports: claims what is due, sends it, says what became of it.

What is due, to whom, how often and what follows from a failure is decided in SQL (schema
reporting). Each sending is finished by itself as soon as it is done: a worker that is killed leaves
at most the one in its hands, which another one takes over when its lease ends, with the same
Message-ID.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping
from uuid import UUID

import asyncpg
import msgspec

from api.problems import log_error
from api.rendering import document, sandbox
from api.rendering.context import subject, title
from api.settings import Settings
from jobs import mail, webhooks
from jobs.mail import HeaderRefusedError, MailServer
from jobs.outcome import Outcome

LOG = logging.getLogger("leadboard.delivery")

CLAIM = "select * from reporting.claim_deliveries($1, $2, $3)"
FINISH = "select reporting.finish_delivery($1, $2, $3, $4, $5, $6, $7)"

# Sendings claimed at once. Few: what is claimed by a worker that dies waits for its lease to end.
BATCH = 5

# Seconds after which what is left of a batch is not begun any more, and for one sending: together
# well within the lease, so that nobody takes over what is still being sent.
LATEST_BEGIN = 120
LONGEST = 90

Json = Mapping[str, object]


class Sending(msgspec.Struct, frozen=True):
    """What reporting.claim_deliveries() hands out."""

    workspace_id: UUID
    id: UUID
    token: int
    delivery_id: UUID
    kind: str
    channel: str
    email: str | None
    url: str | None
    signing_key: str | None
    message_id: str | None
    template_content: str | None
    pause_reason: str | None
    notes: dict[str, object]
    report_data: dict[str, object]


class _Drawn(msgspec.Struct, frozen=True):
    """A report drawn for mail; the same for all its recipients."""

    text: str
    html: str
    pictures: dict[str, bytes]


class Postman:
    """Sends reports for one worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = MailServer(settings)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._last: tuple[tuple[object, ...], _Drawn] | None = None

    async def work(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Sends a batch of what can be claimed now."""
        rows = await connection.fetch(
            CLAIM, self._name, BATCH, mail.domain_of(self._settings.mail_from)
        )
        began = time.monotonic()
        for row in rows:
            if time.monotonic() - began > LATEST_BEGIN:
                break
            sending = _sending(row)
            outcome = await self._send(sending)
            finished = await connection.fetchval(
                FINISH,
                sending.workspace_id,
                sending.id,
                sending.token,
                outcome.kind,
                outcome.error_class,
                outcome.error,
                outcome.retry_after,
            )
            LOG.log(
                logging.INFO if outcome.kind == "sent" else logging.WARNING,
                "sending %s",
                outcome.kind if finished else "taken over",
                # Neither addresses nor the words of the other side, which may hold them.
                extra={
                    "fields": {
                        "id": str(sending.id),
                        "delivery": str(sending.delivery_id),
                        "channel": sending.channel,
                        "error": outcome.error_class,
                    }
                },
            )

    async def close(self) -> None:
        """Ends the connection to the mail server."""
        await self._server.close()

    async def _send(self, sending: Sending) -> Outcome:
        try:
            async with asyncio.timeout(LONGEST):
                if sending.channel == "email":
                    return await self._mail(sending)
                return await self._post(sending)
        except TimeoutError:
            await self._server.close()
            return Outcome("transient", "timeout", f"Not sent within {LONGEST} seconds.")
        except sandbox.TemplateError as error:
            return Outcome("permanent", "template", str(error))
        except HeaderRefusedError as error:
            return Outcome("permanent", "header", str(error))
        except Exception as error:  # noqa: BLE001 - one report must not hold up all the others
            log_error(error, sending=str(sending.id))
            return Outcome("transient", "unexpected", f"{type(error).__name__}.")

    async def _mail(self, sending: Sending) -> Outcome:
        if sending.email is None or sending.message_id is None:
            return Outcome("permanent", "no_address", "The address is gone.")
        report = sending.report_data
        if sending.kind == "notice":
            message = mail.compose(
                sender=self._settings.mail_from,
                recipient=sending.email,
                subject=f"Paused: {title(report)}",
                message_id=sending.message_id,
                text=document.notice(report, sending.pause_reason or "It was paused."),
            )
        else:
            drawn = await self._draw(sending)
            message = mail.compose(
                sender=self._settings.mail_from,
                recipient=sending.email,
                subject=subject(report),
                message_id=sending.message_id,
                text=drawn.text,
                html=drawn.html,
                pictures=drawn.pictures,
            )
        return await self._server.send(message, sending.email)

    async def _post(self, sending: Sending) -> Outcome:
        loopback = self._settings.loopback_webhooks
        if sending.url is None:
            return Outcome("permanent", "no_address", "The address is gone.")
        if sending.channel == "slack":
            return await webhooks.post_to_slack(
                sending.url, sending.report_data, sending.notes, loopback=loopback
            )
        return await webhooks.post_signed(
            sending.url,
            sending.signing_key or "",
            str(sending.id),
            sending.report_data,
            sending.notes,
            loopback=loopback,
        )

    async def _draw(self, sending: Sending) -> _Drawn:
        """Recipients of one delivery follow each other, so the last drawing is kept."""
        key = (
            sending.delivery_id,
            sending.template_content,
            msgspec.json.encode(sending.report_data),
        )
        if self._last is None or self._last[0] != key:
            self._last = (key, await asyncio.to_thread(_draw, sending))
        return self._last[1]


def _draw(sending: Sending) -> _Drawn:
    pictures = document.pictures(sending.report_data)
    addresses = {name: mail.picture_address(name) for name in pictures}
    html = document.html(sending.report_data, sending.notes, addresses, sending.template_content)
    return _Drawn(
        text=document.text(sending.report_data, sending.notes),
        html=html,
        # A template of the members' own may show fewer.
        pictures={name: png for name, png in pictures.items() if addresses[name] in html},
    )


def _sending(row: asyncpg.Record) -> Sending:
    """Documents come as text."""
    values = dict(row)
    for name in ("notes", "report_data"):
        values[name] = msgspec.json.decode(values[name])
    return msgspec.convert({name: values[name] for name in Sending.__struct_fields__}, Sending)
