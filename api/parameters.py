"""Query parameters that many addresses share, and the refusal of those that an address does not
have."""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.enums import ParamType
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg, QueryParameter
from litestar.types import ASGIApp, Receive, Scope, Send

from api.auth import Caller
from api.db import Database
from api.problems import FieldError, Problem

ApiRequest = Request[Caller, None, State]

WorkspaceId = Annotated[
    UUID | None,
    QueryParameter(description="The workspace; needed by members of several."),
]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="Most items to answer, 1 to 200.")]
Cursor = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=2000,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="next_cursor of the page before.",
    ),
]

Language = Annotated[
    Literal["en", "nl"], QueryParameter(description="Language of the sentences: en or nl.")
]

# Parameters of a handler that Litestar fills from elsewhere.
_NOT_QUERY = frozenset({"request", "state", "data", "body", "headers", "scope", "cookies"})


def database_of(request: ApiRequest) -> Database:
    """Where the service writes, and reads what must be true this instant."""
    return request.app.state.database


def replica_of(request: ApiRequest) -> Database:
    """Where figures are read: the replica when there is one."""
    return request.app.state.replica


class KnownParameters:
    """ASGI middleware: refuses parameters that an address does not have, and those given twice that
    it has once. Ignoring them would answer another question than the one asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[str, bool] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            # A route's middleware is its own, so its parameters are found once.
            if self._known is None:
                handler = scope["route_handler"]
                self._known = _query_parameters(handler, scope["path_params"].keys())
            _refuse_unknown(scope["query_string"], self._known)
        await self._app(scope, receive, send)


def _refuse_unknown(query: bytes, known: Mapping[str, bool]) -> None:
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    errors = [
        FieldError(name, "There is no such parameter here.")
        for name in dict.fromkeys(names)
        if name not in known
    ]
    errors += [
        FieldError(name, "Given more than once.")
        for name in dict.fromkeys(names)
        if name in known and not known[name] and names.count(name) > 1
    ]
    if errors:
        raise Problem(400, errors=errors)


def _query_parameters(
    handler: BaseRouteHandler, path_parameters: Collection[str]
) -> dict[str, bool]:
    """Names of the handler's query parameters; true for those that may be repeated."""
    found: dict[str, bool] = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        kwarg = field.kwarg_definition
        if name in _NOT_QUERY or name in path_parameters:
            continue
        if isinstance(kwarg, ParameterKwarg):
            if kwarg.param_type != ParamType.QUERY:
                continue
            found[kwarg.name or kwarg.query or name] = field.is_non_string_sequence
        else:
            found[name] = field.is_non_string_sequence
    return found
