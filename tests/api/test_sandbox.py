"""Templates of members get nothing but the names they are given, and never more than their share
of the machine."""

import time

import pytest

from api.rendering import sandbox
from api.rendering.sandbox import TemplateError, render


def test_names_are_filled_in_and_escaped() -> None:
    html = render("<p>{{ name }}</p>", {"name": "<script>alert('1')</script>"})

    assert "<script>" not in html
    assert html.startswith("<p>&lt;script&gt;")
    assert html.endswith("</p>")


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{ one }}", 1),
        ("\n{% include 'template.html' %}", 2),
        ("\n{% extends '/etc/passwd' %}", 2),
        ("\n\n{% import '/etc/passwd' as p %}", 3),
        ("{{ name.__class__.__mro__ }}", 1),
        ("{{ os.environ }}", 1),
        ("{{ open('/etc/passwd') }}", 1),
    ],
)
def test_there_is_nothing_else(template: str, line: int) -> None:
    with pytest.raises(TemplateError) as error:
        render(template, {"name": "North"})

    assert error.value.line == line


def test_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBOARD_JWT_KEYS", "a secret of the service")

    assert "secret" not in render("{{ debug() }}", {"name": "North"})


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ 'x' * 1048577 }}", "The template makes more than 1 MB."),
        (
            "{% set a = 'x' * 90000000 %}{{ (a ~ a ~ a ~ a ~ a ~ a)|length }}",
            "The template needs too much time or memory.",
        ),
        (
            "{% for i in range(9000) %}{{ ('x' * 50000000)|length }}{% endfor %}",
            "The template needs too much time or memory.",
        ),
    ],
    ids=["output", "memory", "time"],
)
def test_too_much_is_stopped_and_said(template: str, reason: str) -> None:
    begun = time.monotonic()
    with pytest.raises(TemplateError) as error:
        render(template, {})

    assert error.value.reason == reason
    assert time.monotonic() - begun < sandbox.PATIENCE


def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE", 0.001)

    with pytest.raises(TemplateError, match="takes too long"):
        render("x", {})
