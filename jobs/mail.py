"""Reports by e-mail: the message, and handing it to the mail server."""

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from api.settings import Settings
from jobs.outcome import SENT, Outcome

# Seconds for each step of the conversation.
TIMEOUT = 30

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class HeaderRefusedError(Exception):
    """A text that may not stand in a header: it could begin one of its own."""


def header(text: str) -> str:
    """The text, if it may stand in a header. Raises HeaderRefusedError for control characters and
    encoded words, which the other side would take apart."""
    if _CONTROL.search(text) or "=?" in text:
        raise HeaderRefusedError("Control characters and encoded words are not allowed in headers.")
    return text


def domain_of(address: str) -> str:
    """The part after the @."""
    return address.rpartition("@")[2]


def picture_address(name: str) -> str:
    """How the HTML of a mail names an attached picture."""
    return f"cid:{name}@leadboard"


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    text: str,
    html: str | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> EmailMessage:
    """A mail to one recipient: text, and beside it HTML with its pictures. Raises
    HeaderRefusedError."""
    message = EmailMessage(policy=SMTP)
    message["From"] = header(sender)
    message["To"] = header(recipient)
    message["Subject"] = header(subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = header(message_id)
    # No holiday notes, please.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
        rich = message.get_body(("html",))
        if not isinstance(rich, EmailMessage):
            raise TypeError("The HTML part is not there.")
        for name, png in (pictures or {}).items():
            rich.add_related(
                png,
                "image",
                "png",
                cid=f"<{name}@leadboard>",
                filename=f"{name}.png",
                disposition="inline",
            )
    return message


class MailServer:
    """A connection to the mail server, opened when it is needed and kept while it works."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage, recipient: str) -> Outcome:
        """Hands over one mail to one recipient. Never raises what the server or the network does
        wrong: that is the outcome."""
        if self._settings.smtp_host is None:
            return Outcome("transient", "not_configured", "LEADBOARD_SMTP_HOST is not set.")
        try:
            client = await self._connected(self._settings.smtp_host)
            await client.sendmail(self._settings.mail_from, [recipient], message.as_bytes())
        except aiosmtplib.SMTPException as error:
            await self.close()
            return _outcome(error)
        except (OSError, TimeoutError) as error:
            await self.close()
            return Outcome("transient", "connection", f"Mail server: {type(error).__name__}.")
        return SENT

    async def close(self) -> None:
        """Ends the connection; what the server says to that does not matter any more."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def _connected(self, host: str) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._settings
        password = settings.smtp_password
        client = aiosmtplib.SMTP(
            hostname=host,
            port=settings.smtp_port,
            timeout=TIMEOUT,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=None if settings.smtp_security == "none" else ssl.create_default_context(),
            username=settings.smtp_user,
            password=None if password is None else password.reveal(),
        )
        self._client = client
        await client.connect()
        return client


def _outcome(error: aiosmtplib.SMTPException) -> Outcome:
    """4xx and lost connections are tried again, 5xx is final, and so is a refused recipient with
    5xx. The server's words are kept: they name nothing but the address."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refused = error.recipients[0]
        return _by_code(refused.code, refused.message)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        # The settings are wrong, not the mail: an operator can mend them.
        return Outcome("transient", "smtp_login", f"{error.code} {error.message}")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _by_code(error.code, error.message)
    if isinstance(error, TimeoutError):
        return Outcome("transient", "timeout", f"Mail server: {type(error).__name__}.")
    if isinstance(error, ConnectionError):
        return Outcome("transient", "connection", f"Mail server: {type(error).__name__}.")
    # It offers no STARTTLS, say: the settings or the server can be mended.
    return Outcome("transient", "smtp_unsupported", str(error))


def _by_code(code: int, words: str) -> Outcome:
    if 500 <= code < 600:
        return Outcome("permanent", "smtp_5xx", f"{code} {words}")
    return Outcome("transient", "smtp_4xx", f"{code} {words}")
