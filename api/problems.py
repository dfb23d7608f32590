"""Errors as RFC 9457 problem documents.

A refusal is a ``Problem`` with a status of ``KINDS``, wherever it arises: in a handler, in the
token check, or in SQL, whose SQLSTATEs are translated by the two tables below. Only messages that
were written for the client (class LB, and our own) are ever shown. Anything else is a 500 that says
nothing.
"""

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:leadboard:problem:"

KINDS: dict[int, tuple[str, str]] = {
    400: ("bad-request", "Bad request"),
    401: ("unauthorized", "Not authenticated"),
    403: ("forbidden", "Not allowed"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    408: ("request-timeout", "Request timed out"),
    409: ("conflict", "Conflict"),
    413: ("too-large", "Request too large"),
    415: ("unsupported-media-type", "Unsupported media type"),
    422: ("unprocessable", "Unprocessable content"),
    500: ("internal-error", "Internal error"),
    503: ("unavailable", "Temporarily unavailable"),
    504: ("timeout", "Timed out"),
}

DETAILS: dict[int, str] = {
    400: "The request is not valid.",
    404: "There is nothing here.",
    405: "This address does not answer to that method; see the header Allow.",
    413: "The request is larger than this address accepts.",
    415: "This address does not accept that content type.",
    500: "Something went wrong on our side. The request id helps to find out what.",
    503: "The service cannot answer just now. Please try again.",
    504: "The answer took longer than allowed.",
}

# SQLSTATE -> status, first by the code, then by its class. Class LB carries the status itself.
SQLSTATES: dict[str, int] = {
    "57014": 504,  # query_canceled: the statement timeout
    "22021": 400,  # character_not_in_repertoire: NUL
    "22P05": 400,  # untranslatable_character: NUL, written as an escape
    "55P03": 503,  # lock_not_available
    "57P01": 503,  # admin_shutdown
    "57P02": 503,  # crash_shutdown
    "57P03": 503,  # cannot_connect_now
    "25006": 503,  # read_only_sql_transaction: the primary has become a standby
    "42883": 503,  # undefined_function: not deployed yet
    "3F000": 503,  # invalid_schema_name: not deployed yet
    "3D000": 503,  # invalid_catalog_name: no such database yet
}
SQLSTATE_CLASSES: dict[str, int] = {
    "08": 503,  # connection exceptions
    "28": 503,  # the service's own login is refused: not the client's fault
    "40": 503,  # serialization failure, deadlock: the same request may succeed
    "53": 503,  # insufficient resources
    "58": 503,  # system error
}

# Messages of these classes name objects, not values, so they may stand in a log.
LOGGABLE_CLASSES = frozenset({"08", "0A", "25", "28", "3D", "3F", "42", "53", "57", "58", "XX"})

RETRY_AFTER_SECONDS = 1

_LOG = logging.getLogger("leadboard.problems")
_MISSING_PARAMETER = re.compile(r"^Missing required (?:\w+) parameter '([^']+)'")


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field of the request."""

    field: str
    message: str


class WorkspaceChoice(msgspec.Struct, frozen=True):
    """A workspace that could have been meant."""

    workspace_id: str
    name: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem document. ``instance`` is the path that was asked for."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET
    workspaces: list[WorkspaceChoice] | msgspec.UnsetType = msgspec.UNSET


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A refusal. ``detail`` is shown to the client as it is."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status if status in KINDS else 500
        self.detail = detail or DETAILS.get(self.status, KINDS[self.status][1] + ".")
        self.errors = list(errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})
        if self.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
        super().__init__(self.detail)


def from_sqlstate(sqlstate: str, message: str, detail: str | None) -> Problem:
    """The problem that a database error is. Text of the database stays behind, but for class LB,
    whose ``detail`` may hold a JSON object of extra members."""
    if sqlstate.startswith("LB4") and sqlstate[2:].isdigit() and int(sqlstate[2:]) in KINDS:
        return Problem(int(sqlstate[2:]), message, members=_members(detail))
    return Problem(SQLSTATES.get(sqlstate, SQLSTATE_CLASSES.get(sqlstate[:2], 500)))


def answer_problem(request: Request[object, object, State], problem: Problem) -> Response[bytes]:
    """Exception handler for our own refusals."""
    kind, title = KINDS[problem.status]
    document: dict[str, object] = {
        "type": TYPE_PREFIX + kind,
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.scope["path"],
    }
    if problem.errors:
        document["errors"] = problem.errors
    return Response(
        msgspec.json.encode(document | problem.members),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def answer_http_exception(
    request: Request[object, object, State], error: HTTPException
) -> Response[bytes]:
    """Exception handler for refusals of the framework."""
    return answer_problem(request, problem_of(error))


def problem_of(error: HTTPException) -> Problem:
    """What a refusal of the framework says. Its texts quote the request and its own insides, so
    only the status, the headers and the names of the fields are taken over."""
    problem = Problem(error.status_code, headers=error.headers, errors=_field_errors(error))
    if problem.status >= 500:
        if "disconnected" in error.detail:
            # Nobody is there to read the answer; it is not an error of ours either.
            return Problem(400)
        log_error(error)
    return problem


def answer_exception(request: Request[object, object, State], error: Exception) -> Response[bytes]:
    """Exception handler for everything that was not foreseen."""
    log_error(error)
    return answer_problem(request, Problem(500))


def log_error(error: BaseException, **fields: object) -> None:
    """Logs type and place of an error. Its message stays out: it may quote what a client sent."""
    frames = traceback.extract_tb(error.__traceback__)
    _LOG.error(
        "unexpected error",
        extra={
            "fields": {
                "error": type(error).__qualname__,
                "frames": [f"{f.filename}:{f.lineno} {f.name}" for f in frames],
                **fields,
            }
        },
    )


def _field_errors(error: HTTPException) -> list[FieldError]:
    if missing := _MISSING_PARAMETER.match(error.detail):
        return [FieldError(missing.group(1), "Required.")]
    if not isinstance(error, ValidationException) or not isinstance(error.extra, list):
        return []
    messages = cast("list[Mapping[str, str]]", error.extra)
    return [FieldError(m.get("key", ""), m.get("message", "")) for m in messages]


def _members(detail: str | None) -> dict[str, object]:
    if not detail:
        return {}
    try:
        return msgspec.json.decode(detail, type=dict[str, object])
    except msgspec.DecodeError:
        return {}
