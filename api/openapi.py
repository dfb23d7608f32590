"""The OpenAPI 3.1 document: what every operation may answer, with an example, and a page to read
it.

The page is made here, without scripts, because the usual viewers load theirs from other servers:
this one works offline and under the strict content policy of every answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import (
    Components,
    Example,
    License,
    OpenAPIHeader,
    OpenAPIResponse,
    Operation,
    Schema,
    SecurityScheme,
)
from litestar.openapi.spec.enums import OpenAPIType

from api import __version__
from api.problems import DETAILS, KINDS, MEDIA_TYPE, TYPE_PREFIX, ProblemDetails

SECURITY = "bearer"

# What any operation that needs a token may answer besides its own statuses.
GUARDED = (400, 401, 403, 404, 500, 503, 504)


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything that is answered: exactly these fields, no fewer and no more."""


def answers(
    container: type | None,
    example: object,
    *,
    status: int = 200,
    description: str = "The answer.",
    media_type: str = "application/json",
    problems: Iterable[int] = (),
    cached: bool = False,
) -> dict[int, ResponseSpec]:
    """The statuses of one operation: success with an example, or without content, 304 where the
    answer has a tag, and the problems by number."""
    specs = {
        status: ResponseSpec(
            container,
            generate_examples=False,
            description=description,
            media_type=media_type,
            examples=[] if container is None else [Example(summary="Example", value=example)],
        )
    }
    if cached:
        specs[304] = ResponseSpec(
            None, generate_examples=False, description="What the client knows is still true."
        )
    for number in sorted({*problems, 500}):
        kind, title = KINDS[number]
        detail = DETAILS.get(number, title + ".")
        document = {
            "type": TYPE_PREFIX + kind,
            "title": title,
            "status": number,
            "detail": detail,
            "instance": "/api/example",
        }
        specs[number] = ResponseSpec(
            ProblemDetails,
            generate_examples=False,
            description=title + ".",
            media_type=MEDIA_TYPE,
            examples=[Example(summary=title, value=document)],
        )
    return specs


# Made a dataclass again, because the constructor of Operation calls no __post_init__.
@dataclass
class DocumentedOperation(Operation):
    """Adds the headers that belong to a status wherever it occurs."""

    def __post_init__(self) -> None:
        responses = cast("dict[str, OpenAPIResponse]", self.responses or {})
        for status, response in responses.items():
            headers = {"X-Request-Id": _header("Names the request in the logs.")}
            if status == "401":
                headers["WWW-Authenticate"] = _header("What is wrong with the token, RFC 6750.")
            if status == "503":
                headers["Retry-After"] = _header("Seconds after which to try again.")
            if status == "304" or (status == "200" and "304" in responses):
                headers["ETag"] = _header("Tag of this state, for If-None-Match.")
            response.headers = dict(headers)


def config(schemas: Mapping[str, object]) -> OpenAPIConfig:
    """``schemas`` are components that no handler's signature names."""
    return OpenAPIConfig(
        title="Leadboard",
        version=__version__,
        summary="How well people and companies work their sales leads.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/schema",
        use_handler_docstrings=True,
        render_plugins=[PagePlugin(path="/"), JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            schemas=cast("dict[str, Schema]", dict(schemas)),
            security_schemes={
                SECURITY: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="JWT",
                    description="JSON Web Token; `sub` is the user id.",
                )
            },
        ),
    )


class PagePlugin(OpenAPIRenderPlugin):
    """The document as one plain page."""

    def render(
        self,
        request: Request[object, object, State],  # noqa: ARG002 - part of the interface
        openapi_schema: dict[str, object],
    ) -> bytes:
        document = msgspec.convert(openapi_schema, _Document, strict=False)
        rows = "".join(
            _section(method, path, operation)
            for path, operations in document.paths.items()
            for method, operation in operations.items()
        )
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(document.info.title)}</title></head><body>"
            f"<h1>{escape(document.info.title)} {escape(document.info.version)}</h1>"
            f"<p>{escape(document.info.summary)} "
            f'The machine-readable document: <a href="/schema/openapi.json">openapi.json</a>.</p>'
            f"{rows}</body></html>"
        ).encode()


class _Info(msgspec.Struct):
    title: str
    version: str
    summary: str


class _Parameter(msgspec.Struct):
    name: str
    required: bool = False
    description: str = ""


class _Response(msgspec.Struct):
    description: str
    content: dict[str, dict[str, object]] = {}


class _Operation(msgspec.Struct):
    summary: str
    responses: dict[str, _Response]
    description: str = ""
    parameters: list[_Parameter] = []


class _Document(msgspec.Struct):
    info: _Info
    paths: dict[str, dict[str, _Operation]]


def _section(method: str, path: str, operation: _Operation) -> str:
    parameters = "".join(
        f"<li><code>{escape(p.name)}</code>{' (required)' if p.required else ''}: "
        f"{escape(p.description)}</li>"
        for p in operation.parameters
    )
    responses = "".join(
        f"<li><b>{status}</b> {escape(response.description)}{_examples(response)}</li>"
        for status, response in sorted(operation.responses.items())
    )
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation.summary)}. "
        f"{escape(operation.description)}</p><ul>{parameters}</ul><ul>{responses}</ul>"
    )


def _examples(response: _Response) -> str:
    if MEDIA_TYPE in response.content:
        return ""
    values: list[object] = []
    for content in response.content.values():
        examples = cast("dict[str, dict[str, object]]", content.get("examples", {}))
        values += [example.get("value") for example in examples.values()]
    return "".join(f"<pre>{escape(_pretty(value))}</pre>" for value in values)


def _pretty(value: object) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _header(description: str) -> OpenAPIHeader:
    return OpenAPIHeader(schema=Schema(type=OpenAPIType.STRING), description=description)
