"""The project as somebody finds it who has just cloned it: verbs and locks."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(name: str) -> dict[str, str]:
    """Package -> everything that the lock says about it."""
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return {re.split(r"[=\s\[]", entry, maxsplit=1)[0]: entry for entry in entries}


def test_make_alone_prints_every_verb() -> None:
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run([make, "-C", ROOT], capture_output=True, text=True, check=True)

    verbs = re.search(r"^\.PHONY: help (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert verbs is not None
    missing = [verb for verb in verbs[1].split() if f"make {verb} " not in done.stdout]
    assert not missing


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_names_no_host(name: str) -> None:
    entries = locked(name)

    assert entries
    assert not [package for package, entry in entries.items() if "--hash=sha256:" not in entry]
    assert not [package for package, entry in entries.items() if "==" not in entry.split()[0]]
    assert not re.search(r"://|--index|--find-links", (ROOT / name).read_text())


def test_the_developers_lock_holds_the_programs_lock() -> None:
    program, developer = (
        {re.split(r"[\s;]", entry)[0] for entry in locked(name).values()} for name in LOCKS
    )

    assert not program - developer


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for name, wanted in (
        (LOCKS[0], project["dependencies"] + extras["install"]),
        (LOCKS[1], project["dependencies"] + extras["install"] + extras["dev"]),
    ):
        names = {re.split(r"[\[>=<;\s]", requirement)[0] for requirement in wanted}
        assert not names - locked(name).keys()
