"""Templates of members: rendered in a child process that is thrown away.

The engine (MiniJinja) has no way to files, network or Python, escapes what it inserts, and stops
when its fuel is used up; the process has limits of its own, for what an engine may overlook.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

CHILD = Path(__file__).with_name("child.py")

# Seconds on the clock, start of the interpreter included.
PATIENCE = 10


class TemplateError(Exception):
    """A template that cannot be rendered; ``line`` counts from 1, if it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        super().__init__(f"Line {line}: {reason}" if line else reason)


def render(template: str, names: Mapping[str, object]) -> str:
    """The HTML that a template makes of the names. Raises TemplateError. Blocks while it works."""
    request = json.dumps({"template": template, "names": names})
    try:
        done = subprocess.run(
            # Isolated: no site of the user's, no path of the caller's.
            [sys.executable, "-I", str(CHILD)],
            input=request.encode(),
            capture_output=True,
            timeout=PATIENCE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TemplateError("The template takes too long.") from error
    try:
        answer = cast("dict[str, object]", json.loads(done.stdout))
    except json.JSONDecodeError as error:
        # Killed by a limit before it could answer.
        raise TemplateError("The template needs too much time or memory.") from error
    if "html" in answer:
        return str(answer["html"])
    line = answer.get("line")
    raise TemplateError(str(answer["error"]), line if isinstance(line, int) else None)
