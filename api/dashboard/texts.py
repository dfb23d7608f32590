"""The texts of the pages, in every language of ``LANGUAGES``, from one catalogue."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

LANGUAGES = ("en", "nl")
"""In the order in which the catalogue gives them."""

CATALOGUE = Path(__file__).parent / "texts.toml"


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self._place = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text ``section.name`` with its placeholders filled. Raises KeyError for a text that
        is not in the catalogue."""
        return catalogue()[key][self._place].format_map(values)

    def known(self, section: str, word: str, otherwise: str | None = None) -> str:
        """The text of a word that comes from the data; for one that is not in the catalogue what is
        given, else the word itself."""
        entry = catalogue().get(f"{section}.{word}")
        if entry is not None:
            return entry[self._place]
        return word if otherwise is None else otherwise


@cache
def catalogue() -> Mapping[str, tuple[str, ...]]:
    """Every text: ``section.name`` -> one text per language."""
    sections = cast(
        "dict[str, dict[str, list[str]]]", tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    )
    return {
        f"{section}.{name}": tuple(texts)
        for section, entries in sections.items()
        for name, texts in entries.items()
    }


def preferred(accept_language: str | None) -> str:
    """The first language of the header that there are texts in, else English."""
    for part in (accept_language or "").split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]
