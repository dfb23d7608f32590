"""Who looks at a page: the token of the API in a cookie, and the proof that a form is ours.

The cookie is HttpOnly and SameSite=Lax, and Secure with the prefix ``__Host-`` wherever the service
is not reached as localhost. A form is believed when the browser says that it comes from this site,
and when it carries the form key of the session, which no other site can know: it is made from the
token that the cookie keeps.
"""

import hashlib
import hmac
import time
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie, FormMultiDict, State
from litestar.types import Scope

from api.auth import Caller, TokenChecker, header_of
from api.parameters import ApiRequest
from api.problems import Problem

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
FORM_KEY = "form_key"

AnyRequest = Request[Caller, None, State]


def caller_of(request: ApiRequest) -> Caller:
    """The signed-in person: of the session, or of a bearer token that a proxy in front has added.
    Raises the 401 that sends a browser to the sign-in page."""
    checker: TokenChecker = request.app.state.token_checker
    if (header := header_of(request.scope, b"authorization")) is not None:
        caller = checker.check(header)
    else:
        caller = checker.check(f"Bearer {token_of(request)}")
    request.scope["user"] = caller
    return caller


def token_of(request: ApiRequest) -> str:
    """The token of the session; empty without one."""
    return request.cookies.get(cookie_name(request.scope), "")


def form_key(request: ApiRequest) -> str:
    """What a form of this session must carry; without a session, what that of a proxy's token
    must."""
    proof = token_of(request) or header_of(request.scope, b"authorization") or ""
    return hashlib.sha256(f"form {proof}".encode()).hexdigest()


def check_origin(request: ApiRequest) -> None:
    """Refuses a write that another site has caused. Browsers say with every form where it comes
    from; who says nothing is refused."""
    site = header_of(request.scope, b"sec-fetch-site")
    if site is not None:
        ours = site == "same-origin"
    else:
        origin = header_of(request.scope, b"origin") or ""
        ours = bool(origin) and urlsplit(origin).netloc == header_of(request.scope, b"host")
    if not ours:
        raise Problem(403, "This form was not sent from a page of this site.")


async def read_form(request: ApiRequest) -> FormMultiDict:
    """The fields of a form of the signed-in person, after the checks that it is ours. Raises
    Problem."""
    check_origin(request)
    caller_of(request)
    try:
        form = await request.form()
    except (UnicodeError, LookupError) as error:
        raise Problem(400, "A part of the form is not in the encoding that it names.") from error
    key = form.get(FORM_KEY)
    if not isinstance(key, str) or not hmac.compare_digest(
        key.encode(), form_key(request).encode()
    ):
        raise Problem(403, "The page is older than your session. Please load it again.")
    return form


def text_fields(form: FormMultiDict) -> dict[str, str]:
    """The text fields of a form, without its key; of a field given twice the last."""
    texts: dict[str, str] = {}
    for name in form:
        last: object = form.getall(name)[-1]
        if name != FORM_KEY and isinstance(last, str):
            texts[name] = last
    return texts


def begin(response: Response[bytes], request: ApiRequest, token: str, caller: Caller) -> None:
    """Lets the browser keep the token for as long as it is valid."""
    response.set_cookie(
        session_cookie(request.scope, token, max(round(caller.expires_at - time.time()), 0))
    )


def end(response: Response[bytes], request: ApiRequest) -> None:
    response.set_cookie(session_cookie(request.scope, "", 0))
    response.headers["Clear-Site-Data"] = '"cache"'


def cookie_name(scope: Scope) -> str:
    return "leadboard" if is_local(scope) else "__Host-leadboard"


def session_cookie(scope: Scope, value: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(scope),
        value=value,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=not is_local(scope),
        samesite="lax",
    )


def is_local(scope: Scope) -> bool:
    """Whether the browser reaches the service as its own machine, where there is no TLS."""
    host = urlsplit(f"//{header_of(scope, b'host') or ''}").hostname
    return host in LOCAL_HOSTS


def own_path(path: str | None) -> str:
    """A path of this site that may be redirected to; the start page in place of anything else."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path if path.isprintable() and "\\" not in path else "/"
