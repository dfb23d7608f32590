"""One JSON object per line on standard error. No bodies, no tokens, no query strings."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

import msgspec

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request that is being answered; part of every line that is logged meanwhile."""

_ENCODER = msgspec.json.Encoder(enc_hook=str)


class JsonFormatter(logging.Formatter):
    """``extra={"fields": {...}}`` of a log call becomes members of the line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request_id := REQUEST_ID.get()) is not None:
            line["request_id"] = request_id
        line.update(_fields(record))
        return _ENCODER.encode(line).decode()


class TextFormatter(logging.Formatter):
    """The same, to be read by people."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        members = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        return f"{at} {record.levelname.lower():7} {record.getMessage()} {members}".rstrip()


def configure(level: str, form: str = "json") -> None:
    """Sends the logs of Leadboard to standard error, and those of the driver, which would write
    tracebacks there; ``form`` is json or text. Calling it again changes level and form."""
    for name in ("leadboard", "asyncpg"):
        logger = logging.getLogger(name)
        logger.setLevel(level.upper())
        for old in [handler for handler in logger.handlers if isinstance(handler, _Handler)]:
            logger.removeHandler(old)
        handler = _Handler()
        handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
        logger.addHandler(handler)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Members of a line. Of an error only its type: its message may quote what a client sent."""
    fields: dict[str, object] = dict(getattr(record, "fields", {}))
    if record.exc_info is not None and record.exc_info[0] is not None:
        fields["error"] = record.exc_info[0].__qualname__
    return fields


class _Handler(logging.StreamHandler[TextIO]):
    """Tells ours from handlers that somebody else added, and writes to whatever standard error
    is."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # pyright: ignore[reportIncompatibleVariableOverride]
        return sys.stderr
