"""The pages in a real browser, Debian's Chromium, on a database with the gyms of the API's
tests."""

import shutil
from collections.abc import Callable, Generator
from uuid import UUID

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from api import database_url, settings
from api.app import create_app
from api.auth import TokenIssuer
from tests import builders as build
from tests.api.gym import Gym, freeze_clock
from tests.api.loopback import on_loopback
from tests.conftest import PASSWORD, run_dir

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)

ROLES = {"owner": "olga", "admin": "ada", "manager": "mo", "agent": "ann", "partner": "pia"}


class Site:
    """The running service, and how to ask it without a browser."""

    def __init__(
        self,
        base: str,
        gym: Gym,
        segment: UUID,
        issuer: TokenIssuer,
        connection: psycopg.Connection,
    ) -> None:
        self.base = base
        self.gym = gym
        self.segment = segment
        self.connection = connection
        self._issuer = issuer

    def token(self, name: str) -> str:
        return self._issuer.mint(self.gym[name], 600)

    def api(self, name: str, path: str) -> httpx.Response:
        """What the API answers."""
        return httpx.get(
            f"{self.base}{path}", headers={"Authorization": f"Bearer {self.token(name)}"}
        )

    def client(self, name: str | None = None) -> httpx.Client:
        """A client with the session of somebody, as a browser would send it."""
        cookies = {} if name is None else {"leadboard": self.token(name)}
        return httpx.Client(
            base_url=self.base, cookies=cookies, headers={"Sec-Fetch-Site": "same-origin"}
        )


class Visitor:
    """A page in a browser, and everything it complained about."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._base = base
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> int:
        """Opens a page and waits for its charts; its status."""
        answer = self.page.goto(f"{self._base}{path}")
        assert answer is not None
        drawing = '.plot[aria-busy="true"]'
        if self.page.locator(drawing).count():
            self.page.wait_for_function(f"() => !document.querySelector('{drawing}')")
        return answer.status

    def text(self, selector: str) -> str:
        return " ".join(self.page.locator(selector).inner_text().split())

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal is a page with its status, which Chromium reports as well.
        if message.type in ("error", "warning") and "Failed to load" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")


Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def site(module_database: str) -> Generator[Site]:
    with psycopg.connect(module_database, autocommit=True) as connection:
        freeze_clock(connection)
        gym = Gym.build(connection)
        connection.execute(
            'update crm.workspaces set settings = \'{"locale": "nl-NL"}\' where workspace_id = %s',
            (gym.iron,),
        )
        build.profile(connection, gym.iron, gym["pia"], max_open_leads=2)
        segment = build.segment(connection, gym.iron)
        connection.execute("call ops.refresh()")
        config = settings.load(
            {
                "LEADBOARD_API_DATABASE_URL": database_url.with_login(
                    module_database, "leadboard_api", PASSWORD
                ),
                "LEADBOARD_JWT_KEYS": "tests:HS256:a shared secret that is long enough",
                "LEADBOARD_POOL_MAX": "6",
                # Shared by the workers: making the chart library takes seconds.
                "LEADBOARD_DATA_DIR": str(run_dir()),
            }
        )
        with on_loopback(create_app(config)) as base:
            yield Site(base, gym, segment, TokenIssuer.of(config), connection)


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Generator[Visit]:
    """Opens a browser as somebody: ``visit("olga", width=360)``."""
    contexts: list[BrowserContext] = []

    def open_as(name: str | None, width: int = 1440, language: str = "en-GB") -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
        contexts.append(context)
        if name is not None:
            context.add_cookies(
                [{"name": "leadboard", "value": site.token(name), "url": site.base}]
            )
        return Visitor(context.new_page(), site.base)

    yield open_as
    for context in contexts:
        context.close()
