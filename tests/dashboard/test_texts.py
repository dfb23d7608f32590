"""One catalogue, whole in every language, and formats of the workspace."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.dashboard import texts, visit
from api.dashboard.formats import Formats
from api.problems import KINDS

USED = re.compile(r"""\bt\(\s*["']([a-z-]+\.[A-Za-z0-9_-]+)["']""")
BEGUN = re.compile(r"""\bt(?:\.known)?\(\s*(?:f?["']([a-z-]+)(?:\.["']\s*~|\.\{|["']\s*,))""")
SOURCES = [
    *visit.TEMPLATES.glob("*.html"),
    *visit.TEMPLATES.parent.glob("*.py"),
]
# Sections whose texts are named by words of the data.
BY_WORD = {"sign-in"}


def test_every_text_is_there_in_every_language() -> None:
    for key, words in texts.catalogue().items():
        assert len(words) == len(texts.LANGUAGES), key
        assert all(words), key
        fields = [sorted(re.findall(r"\{(\w+)\}", text)) for text in words]
        assert fields[0] == fields[1], key


def test_every_text_that_is_used_exists_and_none_is_idle() -> None:
    sources = [Path(path).read_text(encoding="utf-8") for path in SOURCES]
    used = {key for source in sources for key in USED.findall(source)}
    sections = {name for source in sources for name in BEGUN.findall(source)} | BY_WORD

    assert used <= texts.catalogue().keys()
    idle = {
        key
        for key in texts.catalogue()
        if key not in used and key.partition(".")[0] not in sections
    }
    assert not idle


def test_every_refusal_and_every_page_has_a_name() -> None:
    assert {f"problem.{status}" for status in KINDS} <= texts.catalogue().keys()
    assert {f"nav.{page}" for page in visit.MENU} <= texts.catalogue().keys()


@pytest.mark.parametrize(
    ("header", "language"),
    [("nl-BE,en;q=0.5", "nl"), ("fr,en", "en"), ("de", "en"), (None, "en"), ("NL", "nl")],
)
def test_language_of_the_browser(header: str | None, language: str) -> None:
    assert texts.preferred(header) == language


def test_numbers_are_the_workspaces_words_the_readers() -> None:
    dutch = Formats("en", "nl-NL", "Europe/Amsterdam", "EUR")

    assert dutch.number(1234567) == "1.234.567"
    assert dutch.number(79.3, 1) == "79,3"
    assert dutch.number(80.0, 1) == "80,0"
    assert dutch.share(0.6087) == "60,87%"
    assert dutch.percent(68.1) == "68,1%"
    assert dutch.money(1840.5).replace("\xa0", " ") == "€ 1.840,50"
    assert dutch.signed(8.3, 1) == "+8,3"
    assert dutch.signed(-15.2, 1) == "-15,2"
    assert dutch.plain(0.25) == "0,25"
    assert dutch.day(date(2026, 3, 9)) == "9 Mar 2026"
    # After the clocks went forward.
    assert dutch.time(datetime(2026, 3, 29, 12, tzinfo=UTC)) == "29 Mar 2026, 14:00"


@pytest.mark.parametrize("locale", [None, "xx-YY", "not a tag"])
def test_without_a_known_locale_the_readers_language_counts(locale: str | None) -> None:
    assert Formats("nl", locale, "UTC", "EUR").number(1234.5, 1) == "1.234,5"


def test_nothing_is_a_dash() -> None:
    formats = Formats("en", "en-GB", "UTC", "GBP")
    dash = "\N{EN DASH}"
    assert {
        formats.number(None),
        formats.share(None),
        formats.percent(None),
        formats.money(None),
        formats.day(None),
        formats.time(None),
        formats.plain(None),
        formats.signed(None),
    } == {dash}
