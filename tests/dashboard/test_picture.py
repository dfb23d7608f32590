"""The picture in the README is one of the running dashboard."""

import shutil
import struct
from pathlib import Path

import pytest

from jobs import picture
from tests.dashboard.conftest import CHROMIUM, Site

ROOT = Path(__file__).resolve().parents[2]


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_picture_is_taken_of_the_page_behind_a_link(site: Site, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    path = tmp_path / "dashboard.png"
    picture.shoot(CHROMIUM, f"{site.base}/sign-in?next=/partners#{site.token('olga')}", path)
    assert _size(path.read_bytes()) == (picture.WIDTH, picture.HEIGHT)


def test_the_readme_shows_the_picture_that_is_made() -> None:
    shown = picture.PICTURE.relative_to(ROOT).as_posix()
    assert f"({shown})" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert _size(picture.PICTURE.read_bytes()) == (picture.WIDTH, picture.HEIGHT)


def test_without_a_browser_the_picture_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_: str) -> None:
        return None

    monkeypatch.setattr(shutil, "which", nowhere)
    with pytest.raises(picture.PictureError, match="apt install chromium"):
        picture.draw(print)
