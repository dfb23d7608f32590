"""The picture of the dashboard in the README: a real screenshot of the demo, made by ``make docs``.

Playwright is a tool of the developer, and Chromium one of the system; without them the picture
stays as it is.
"""

import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from api import settings
from jobs import database, server, up

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "dashboard.png"
PAGE = "/partners"

WIDTH, HEIGHT = 1440, 900

Report = Callable[[str], None]


class PictureError(Exception):
    """No picture can be made here; the message says what is missing."""


def draw(report: Report, path: Path = PICTURE) -> None:
    """Starts a demo of its own, signs in as its owner and takes the picture. Raises
    PictureError."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise PictureError("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    with tempfile.TemporaryDirectory(prefix="leadboard-") as directory:
        wanted = settings.load(
            {
                "LEADBOARD_DATA_DIR": directory,
                "LEADBOARD_PORT": str(_free_port()),
                "LEADBOARD_WORKERS": "1",
                "LEADBOARD_LOG_LEVEL": "error",
            }
        )
        try:
            located = up.prepare(wanted, report)
            base = f"http://{located.host}:{located.port}"
            token = up.personas(located)["owner"]

            def ready() -> None:
                try:
                    shoot(chromium, f"{base}/sign-in?next={PAGE}#{token}", path)
                finally:
                    signal.raise_signal(signal.SIGTERM)

            up.run(located, ready)
        finally:
            server.stop(database.data_dir(wanted), immediate=True)


def shoot(chromium: str, address: str, path: Path) -> None:
    """A picture of the page that a link of a person leads to, once it is live."""
    # Only here: a command line without the tools of the developer works all the same.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
        page.goto(address)
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.locator("#pulse:visible").wait_for()
        page.screenshot(path=path)
        browser.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
