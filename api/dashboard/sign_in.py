"""Signing in with a token, signing out, and what a reader prefers: language, theme, workspace."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, QueryParameter

from api.auth import TokenChecker
from api.dashboard import session, visit
from api.dashboard.texts import LANGUAGES, Texts
from api.parameters import ApiRequest
from api.problems import Problem

YEAR = 365 * 86400

Next = Annotated[str, QueryParameter(max_length=2000, description="Path to go on to.")]


@get("/sign-in")
async def sign_in_page(
    request: ApiRequest, next: Next = "/", sent: FromQuery[bool] = False
) -> Response[bytes]:
    """Asks for a token. After one was ``sent`` and the cookie came back, leads on."""
    try:
        session.caller_of(request)
    except Problem:
        return _page(request, session.own_path(next), "sign-in.no-cookie" if sent else None)
    return visit.redirect(session.own_path(next))


@post("/sign-in")
async def sign_in(request: ApiRequest) -> Response[bytes]:
    """Begins a session with a token that the API would accept."""
    session.check_origin(request)
    fields = session.text_fields(await request.form())
    token, path = "".join(fields.get("token", "").split()), session.own_path(fields.get("next"))
    checker: TokenChecker = request.app.state.token_checker
    try:
        caller = checker.check(f"Bearer {token}")
    except Problem:
        return _page(request, path, "sign-in.refused")
    # The detour shows whether the browser has kept the cookie.
    response = visit.redirect(f"/sign-in?{urlencode({'next': path, 'sent': 'true'})}")
    session.begin(response, request, token, caller)
    return response


@post("/sign-out")
async def sign_out(request: ApiRequest) -> Response[bytes]:
    await session.read_form(request)
    response = visit.redirect("/sign-in")
    session.end(response, request)
    return response


@post("/preferences")
async def prefer(request: ApiRequest) -> Response[bytes]:
    """Keeps what the form names and leads back."""
    fields = session.text_fields(await session.read_form(request))
    response = visit.redirect(session.own_path(fields.get("back")))
    if fields.get("language") in LANGUAGES:
        _keep(response, request, visit.LANGUAGE, fields["language"])
    if fields.get("theme") in visit.THEMES:
        _keep(response, request, visit.THEME, fields["theme"])
    if "workspace" in fields:
        # The memberships decide with every page whether it counts.
        _keep(response, request, visit.WORKSPACE, fields["workspace"][:36])
    return response


def _keep(response: Response[bytes], request: ApiRequest, key: str, value: str) -> None:
    response.set_cookie(
        Cookie(
            key=key,
            value=value,
            path="/",
            max_age=YEAR,
            httponly=True,
            secure=not session.is_local(request.scope),
            samesite="lax",
        )
    )


def _page(request: ApiRequest, path: str, message: str | None) -> Response[bytes]:
    language = visit.language_of(request)
    return visit.render(
        request,
        "sign_in.html",
        200 if message is None else 401,
        {"t": Texts(language), "language": language, "next": path, "message": message},
    )
