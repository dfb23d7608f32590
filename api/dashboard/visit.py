"""One request of a signed-in person for a page: who it is, which workspace it is about, what the
page reads, and the page itself."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Generic, TypeVar, cast
from urllib.parse import urlencode

import minijinja
import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from api import freshness, me
from api.auth import Caller, header_of
from api.dashboard import assets, session
from api.dashboard.formats import Formats
from api.dashboard.texts import LANGUAGES, Texts, preferred
from api.db import Parameter
from api.parameters import ApiRequest, replica_of
from api.problems import KINDS, Problem

TEMPLATES = Path(__file__).parent / "templates"

WORKSPACE = "leadboard-workspace"
LANGUAGE = "leadboard-language"
THEME = "leadboard-theme"
THEMES = ("auto", "light", "dark")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ADMINS = frozenset({"owner", "admin"})
LEADERS = ADMINS | {"manager"}
EVERYBODY = LEADERS | {"agent", "partner"}

# Who sees which page in the menu. The service decides what is on it.
MENU: dict[str, tuple[str, frozenset[str]]] = {
    "agent": ("/agent", frozenset({"agent"})),
    "team": ("/team/performance", EVERYBODY),
    "segments": ("/segments", EVERYBODY),
    "partners": ("/partners", LEADERS | {"partner"}),
    "routing": ("/routing", ADMINS),
    "reports": ("/reports", LEADERS),
    "import": ("/import", ADMINS),
    "ops": ("/ops", ADMINS),
}

T = TypeVar("T")

_PAGES = minijinja.Environment(
    loader=minijinja.load_from_path(TEMPLATES), undefined_behavior="strict"
)


class Panel(Generic[T]):
    """What one panel of a page shows: what was read, or why it could not be."""

    def __init__(self, found: T | None, problem: Problem | None = None) -> None:
        self._found = found
        self.problem = problem

    @property
    def found(self) -> T | None:
        return self._found


class Visit:
    """Made by ``open_visit``. ``f`` writes figures, ``t`` gives texts; templates know both."""

    def __init__(
        self,
        request: ApiRequest,
        known: me.Me,
        workspace: me.Membership,
        fresh: freshness.Freshness,
    ) -> None:
        self.request = request
        self.me = known
        self.workspace = workspace
        self.fresh = fresh
        self.language = language_of(request, workspace.locale)
        self.t = Texts(self.language)
        self.f = Formats(self.language, workspace.locale, workspace.timezone, workspace.currency)

    @property
    def role(self) -> str:
        return self.workspace.role

    @property
    def is_admin(self) -> bool:
        return self.role in ("owner", "admin")

    async def read(self, kind: type[T], statement: str, *parameters: Parameter) -> T:
        """What a function of schema ``service`` answers about the workspace, as the API would
        answer it. Raises Problem."""
        row = await replica_of(self.request).fetch_row(
            statement, self.request.user.user_id, None, self.workspace.workspace_id, *parameters
        )
        return msgspec.json.decode(cast("bytes", row[-1]), type=kind)

    async def write(self, kind: type[T], statement: str, *parameters: Parameter) -> T:
        """The same for a function that changes something, and takes no tag."""
        row = await self.request.app.state.database.fetch_row(
            statement, self.request.user.user_id, self.workspace.workspace_id, *parameters
        )
        return msgspec.json.decode(cast("bytes", row[-1]), type=kind)

    async def panel(self, kind: type[T], statement: str, *parameters: Parameter) -> Panel[T]:
        """The same for one panel, whose refusal leaves the rest of the page standing."""
        return await shown(self.read(kind, statement, *parameters))

    def page(self, template: str, *, status: int = 200, **context: object) -> Response[bytes]:
        """The page of a template."""
        return render(
            self.request,
            template,
            status,
            {
                "t": self.t,
                "f": self.f,
                "language": self.language,
                "me": self.me,
                "workspace": self.workspace,
                "role": self.role,
                "fresh": self.fresh,
                "menu": [
                    (name, path) for name, (path, roles) in MENU.items() if self.role in roles
                ],
                **context,
            },
        )


async def shown(reading: Awaitable[T]) -> Panel[T]:
    """The panel of what is being read."""
    try:
        return Panel(await reading)
    except Problem as problem:
        if problem.status == 401:
            raise
        return Panel(None, problem)


async def open_visit(request: ApiRequest) -> Visit:
    """Who asks, and about which workspace: the one chosen, else the only one or the first. Raises
    Problem."""
    caller = session.caller_of(request)
    row = await replica_of(request).fetch_row(me.ME, caller.user_id, None, None)
    known = msgspec.json.decode(cast("bytes", row[1]), type=me.Me)
    if not known.memberships:
        raise Problem(403, "You are not a member of a workspace.")
    chosen = request.cookies.get(WORKSPACE)
    workspace = next(
        (m for m in known.memberships if str(m.workspace_id) == chosen), known.memberships[0]
    )
    row = await replica_of(request).fetch_row(
        freshness.FRESHNESS, caller.user_id, None, workspace.workspace_id
    )
    fresh = msgspec.json.decode(cast("bytes", row[1]), type=freshness.Freshness)
    return Visit(request, known, workspace, fresh)


def first_page(role: str) -> str:
    """Where the menu of a role begins."""
    return next(path for path, roles in MENU.values() if role in roles)


def language_of(request: Request[Caller, None, State], locale: str | None = None) -> str:
    """The language chosen, else that of the browser, else that of the workspace."""
    chosen = request.cookies.get(LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    return preferred(header_of(request.scope, b"accept-language") or locale)


def theme_of(request: Request[Caller, None, State]) -> str:
    chosen = request.cookies.get(THEME)
    return chosen if chosen in THEMES else "auto"


def render(
    request: ApiRequest, template: str, status: int, context: dict[str, object]
) -> Response[bytes]:
    """A page. Browsers keep it, but ask before they show it again."""
    path = request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    html = _PAGES.render_template(
        template,
        path=path,
        here=f"{path}?{query}" if query else path,
        theme=theme_of(request),
        form_key=session.form_key(request),
        asset=assets.address,
        **context,
    )
    return Response(
        html.encode(),
        status_code=status,
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
            "Vary": "Cookie, Accept-Language",
        },
    )


def answer_problem(request: ApiRequest, problem: Problem) -> Response[bytes]:
    """A refusal as a page; who is not signed in is asked to."""
    if problem.status == 401 and request.method == "GET":
        query = request.scope["query_string"].decode("latin-1")
        here = f"{request.scope['path']}?{query}" if query else request.scope["path"]
        return redirect(f"/sign-in?{urlencode({'next': here})}")
    language = language_of(request)
    return render(
        request,
        "problem.html",
        problem.status,
        {
            "t": Texts(language),
            "language": language,
            "problem": problem,
            "title": KINDS[problem.status][1],
        },
    )


def redirect(path: str) -> Response[bytes]:
    """On to another page of this site, by GET."""
    return Response(b"", status_code=303, headers={"Location": path, "Cache-Control": "no-store"})
