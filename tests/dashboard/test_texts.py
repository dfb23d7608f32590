"""One catalogue, whole in every language, and formats of the workspace."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import psycopg
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


# Words that are the same everywhere, and one letter for the size of a sample.
NAMES = {"Leadboard", "English", "Nederlands", "CSV", "XLSX", "PDF", "n"}


NO_TEXT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>", re.DOTALL)
LABEL = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


def _said(template: str) -> set[str]:
    """The words that stand in a template itself: between its tags, and in labels."""
    page = NO_TEXT.sub(" ", template)
    return set(re.findall(r"[A-Za-z]+", " ".join([TAG.sub(" ", page), *LABEL.findall(page)])))


def test_pages_say_nothing_but_the_catalogue() -> None:
    for path in visit.TEMPLATES.glob("*.html"):
        assert _said(path.read_text(encoding="utf-8")) <= NAMES, path.name


def test_a_text_in_a_template_is_noticed() -> None:
    assert _said('<p class="note">Some {{ words }}</p><a title="here">') == {"Some", "here"}


def test_every_translated_refusal_is_one_that_is_raised() -> None:
    root = visit.TEMPLATES.parent.parent
    sources = [*root.rglob("*.py"), *(root.parent / "sql" / "functions").rglob("*.sql")]
    raised = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    keys = [key.partition(".")[2] for key in texts.catalogue() if key.startswith("refusal.")]
    assert len(keys) > 20
    assert [key for key in keys if key not in raised] == []


def test_what_the_database_calls_things_is_in_the_catalogue(tx: psycopg.Connection) -> None:
    """Badges of every workspace, and the titles that the database gives activities."""
    badges = [
        str(row[0])
        for row in tx.execute(
            "select badge from goals.badges where workspace_id = %s", (UUID(int=0),)
        )
    ]
    assert badges
    titles = [
        str(row[0])
        for row in tx.execute(
            """
            select crm.timeline_title(t.type, t.title, null)
            from (
                select 'status_change', crm.status_title(s.status)
                from unnest(
                    array[
                        'new', 'accepted', 'rejected', 'contacted', 'in_progress', 'qualified',
                        'won', 'lost', 'completed'
                    ]
                ) as s (status)
                union all
                select 'phone_call', crm.call_title(d.direction, s.status)
                from unnest(array['outbound', 'inbound']) as d (direction)
                cross join unnest(array['completed', 'missed']) as s (status)
                union all
                select a.type, ''
                from unnest(
                    array['phone_call', 'email_sent', 'whatsapp', 'sms', 'meeting', 'conversion']
                ) as a (type)
            ) as t (type, title)
            """
        )
    ]
    assert len(titles) == 19
    missing = {f"badge.{badge}" for badge in badges} | {f"badge-why.{badge}" for badge in badges}
    missing |= {f"title.{title}" for title in titles}
    assert missing - texts.catalogue().keys() == set()


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
    assert dutch.days(date(2026, 3, 9), date(2026, 3, 9)) == "9 Mar 2026"
    assert dutch.days(date(2026, 3, 9), date(2026, 3, 15)) == ("9 Mar 2026 \N{EN DASH} 15 Mar 2026")
    # In Amsterdam it is the next day already.
    assert dutch.day_of(datetime(2026, 3, 8, 23, 30, tzinfo=UTC)) == "9 Mar 2026"
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
