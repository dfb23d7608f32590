"""Signing in and out, and what keeps a session from being used by others."""

import re
from html import unescape

import pytest

from api.dashboard.session import own_path
from tests.dashboard.conftest import Site, Visit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_a_link_signs_in_and_forgets_the_token(site: Site, visit: Visit) -> None:
    visitor = visit(None)
    page = visitor.page
    page.goto(f"{site.base}/sign-in?next=/partners#{site.token('olga')}")
    page.wait_for_url(f"{site.base}/partners")

    (cookie,) = page.context.cookies()
    assert (cookie.get("name"), cookie.get("httpOnly"), cookie.get("sameSite")) == (
        "leadboard",
        True,
        "Lax",
    )
    assert site.token("olga")[:20] not in page.content()

    page.locator("#reader summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.base}/sign-in")
    assert page.context.cookies() == []
    page.goto(f"{site.base}/partners")
    assert page.url.startswith(f"{site.base}/sign-in")
    assert visitor.complaints == []


def test_a_bad_token_is_refused(site: Site, visit: Visit) -> None:
    visitor = visit(None)
    visitor.page.goto(f"{site.base}/sign-in#nonsense")
    visitor.page.get_by_role("alert").wait_for()
    assert "not valid" in visitor.text("[role=alert]")
    assert visitor.page.context.cookies() == []


def test_who_is_not_signed_in_is_asked_to(site: Site) -> None:
    with site.client() as client:
        answer = client.get("/partners?cursor=abc")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=%2Fpartners%3Fcursor%3Dabc"
        # An event stream and a form are told, not led away.
        assert client.post("/sign-out").status_code == 401


def test_away_from_localhost_the_cookie_needs_tls(site: Site) -> None:
    with site.client() as client:
        answer = client.post(
            "/sign-in", data={"token": site.token("olga")}, headers={"Host": "board.example"}
        )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-leadboard=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


def test_a_browser_that_keeps_no_cookie_is_told(site: Site) -> None:
    with site.client() as client:
        answer = client.get("/sign-in", params={"sent": "true"})
    assert answer.status_code == 401
    assert "https" in answer.text


def test_a_token_of_a_proxy_in_front_counts(site: Site) -> None:
    with site.client() as client:
        answer = client.get("/partners", headers={"Authorization": f"Bearer {site.token('olga')}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_of_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    given = {name: value for name, value in headers.items() if value}
    with site.client("olga") as client:
        key = form_key(client.get("/routing").text)
        if not headers["Sec-Fetch-Site"]:
            del client.headers["Sec-Fetch-Site"]
        for path in ("/sign-in", "/sign-out", "/preferences", "/routing/settings", "/import"):
            answer = client.post(path, data={"form_key": key, "maxHops": "9"}, headers=given)
            assert answer.status_code == 403, path
    assert site.api("olga", "/api/routing/settings").json()["maxHops"] != 9


def test_a_browser_that_only_names_the_origin_is_believed(site: Site) -> None:
    with site.client("olga") as client:
        key = form_key(client.get("/partners").text)
        del client.headers["Sec-Fetch-Site"]
        answer = client.post(
            "/preferences",
            data={"form_key": key, "theme": "dark", "back": "/partners"},
            headers={"Origin": site.base},
        )
    assert (answer.status_code, answer.headers["location"]) == (303, "/partners")


def test_a_form_without_its_key_is_refused(site: Site) -> None:
    with site.client("ada") as other:
        foreign = form_key(other.get("/routing").text)
    with site.client("olga") as client:
        for key in (None, "", "0" * 64, foreign):
            data = {"maxHops": "9"} | ({} if key is None else {"form_key": key})
            assert client.post("/routing/settings", data=data).status_code == 403
    assert site.api("olga", "/api/routing/settings").json()["maxHops"] != 9


def test_every_answer_of_the_pages_has_the_policy(site: Site) -> None:
    with site.client("olga") as client:
        for path in ("/partners", "/sign-in", "/routing", "/nowhere/0", "/partners?colour=1"):
            answer = client.get(path)
            assert answer.headers["content-security-policy"] in (
                POLICY,
                "default-src 'none'; frame-ancestors 'none'",
            ), path
            assert "<script>" not in answer.text
            assert not re.search(r"""\s(style|on\w+)=["']""", answer.text), path


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/partners?a=b", "/partners?a=b"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_redirects_stay_here(path: str | None, safe: str) -> None:
    assert own_path(path) == safe


def test_files_are_kept_for_good_and_change_their_address(site: Site) -> None:
    with site.client("olga") as client:
        page = unescape(client.get("/partners").text)
        addresses = re.findall(r'"(/static/[^"]+)"', page)
        assert len(addresses) >= 3
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
        assert client.get("/static/../api/app.py").status_code == 404
        assert client.get("/static/000000000000-style.css").status_code == 404


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]
