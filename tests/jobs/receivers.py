"""A real mail server and a real HTTP server on the loopback address, which can be told to fail."""

import asyncio
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailBox:
    """What arrived, and how to behave. ``refuse``: recipient -> answer to RCPT; ``answers``: what
    DATA is answered, one after the other, then 250."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list[EmailMessage])
    recipients: list[str] = field(default_factory=list[str])
    refuse: dict[str, str] = field(default_factory=dict[str, str])
    answers: list[str] = field(default_factory=list[str])
    logins: list[str] = field(default_factory=list[str])
    cut: int = 0
    """How many conversations are cut off after the data."""
    pause: float = 0.0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        if self.pause:
            time.sleep(self.pause)  # noqa: ASYNC251 - the server alone waits, on its own thread
        if self.cut:
            self.cut -= 1
            assert server.transport is not None
            server.transport.close()
            return "250 nobody hears this"
        if self.answers and not (answer := self.answers.pop(0)).startswith("250"):
            return answer
        content = cast("bytes", envelope.content)
        parsed = message_from_bytes(content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def authenticate(self, *arguments: object) -> AuthResult:
        data = arguments[-1]
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"right", handled=False)


class _AnyPort(Controller):
    """Listens where the system says, which its base asks too early."""

    chosen: int

    def _trigger_server(self) -> None:
        server = cast("asyncio.Server", self.server)
        self.chosen = server.sockets[0].getsockname()[1]
        self.port = self.chosen
        super()._trigger_server()


@contextmanager
def mail_server(**options: object) -> Generator[MailBox]:
    """Runs until the block ends, on a free port."""
    box = MailBox()
    controller = _AnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        authenticator=box.authenticate,
        **cast("dict[str, Any]", options),
    )
    controller.start()
    box.port = controller.chosen
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Hook:
    """What was posted, and what is answered: (status, headers), one after the other, then 200."""

    url: str = ""
    posts: list[tuple[str, dict[str, str], bytes]] = field(
        default_factory=list[tuple[str, dict[str, str], bytes]]
    )
    answers: list[tuple[int, dict[str, str]]] = field(
        default_factory=list[tuple[int, dict[str, str]]]
    )
    pause: threading.Event | None = None
    body: bytes = b"ok"


@contextmanager
def hook_server() -> Generator[Hook]:
    """Runs until the block ends, on a free port."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append((self.path, dict(self.headers.items()), body))
            if hook.pause is not None:
                hook.pause.wait(30)
            status, headers = hook.answers.pop(0) if hook.answers else (200, {})
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(hook.body)))
            self.end_headers()
            self.wfile.write(hook.body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
