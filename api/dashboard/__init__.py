"""The dashboard: pages for people, made on the server from what the API answers.

A page reads the same functions of schema ``service`` as the API, one statement per panel, as the
signed-in person. Nothing is computed here or in the browser: figures are only laid out.
"""

from litestar import Response, Router, get
from litestar.exceptions import HTTPException
from litestar.response import ServerSentEvent

from api import live
from api.dashboard import (
    agent,
    assets,
    imports,
    ops,
    partners,
    reports,
    routing,
    segments,
    session,
    sign_in,
    team,
    visit,
)
from api.parameters import ApiRequest
from api.problems import Problem, log_error, problem_of


@get("/")
async def start(request: ApiRequest) -> Response[bytes]:
    """Leads to the first page of the menu."""
    seen = await visit.open_visit(request)
    return visit.redirect(visit.first_page(seen.role))


@get("/live")
async def news(request: ApiRequest) -> ServerSentEvent:
    """GET /api/live for a browser, whose event streams carry a cookie and no token."""
    session.caller_of(request)
    return await live.news(request)


def pages() -> Router:
    """All routes of the dashboard; their refusals are pages too."""
    return Router(
        "/",
        route_handlers=[
            start,
            news,
            assets.asset,
            sign_in.sign_in_page,
            sign_in.sign_in,
            sign_in.sign_out,
            sign_in.prefer,
            *team.PAGES,
            *agent.PAGES,
            *segments.PAGES,
            *partners.PAGES,
            *routing.PAGES,
            *reports.PAGES,
            *imports.PAGES,
            *ops.PAGES,
        ],
        exception_handlers={
            Problem: visit.answer_problem,
            HTTPException: _answer_http_exception,
            Exception: _answer_exception,
        },
        include_in_schema=False,
    )


def _answer_http_exception(request: ApiRequest, error: HTTPException) -> Response[bytes]:
    return visit.answer_problem(request, problem_of(error))


def _answer_exception(request: ApiRequest, error: Exception) -> Response[bytes]:
    log_error(error)
    return visit.answer_problem(request, Problem(500))
