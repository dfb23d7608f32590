"""Renders one template of a member's in a process that has nothing: no environment, no files, no
network, little memory and little time. Started by api/rendering/sandbox.py.

Reads {"template": ..., "names": ...} as JSON, writes {"html": ...} or {"error": ..., "line": ...}.
"""

import contextlib
import json
import resource
import sys

# Bytes, seconds of the processor, and steps of the template engine.
MEMORY = 512 * 1024**2
SECONDS = 2
FUEL = 2_000_000
MOST_OUTPUT = 1024**2


def main() -> None:
    # What is imported is there before the limits fall; nothing can be opened after them. The engine
    # imports how it raises errors with its first one.
    import minijinja  # noqa: PLC0415

    with contextlib.suppress(minijinja.TemplateError):
        minijinja.Environment().render_str("{{")

    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))

    environment = minijinja.Environment(
        auto_escape_callback=lambda _: "html", undefined_behavior="strict"
    )
    environment.fuel = FUEL
    try:
        html = environment.render_str(request["template"], "template.html", **request["names"])
    except minijinja.TemplateError as error:
        reason = (error.message or str(error)).partition(" (in template.html")[0]
        answer = {"error": reason, "line": error.line}
    except MemoryError:
        answer = {"error": "The template needs too much memory.", "line": None}
    else:
        answer = {"html": html}
        if len(html.encode()) > MOST_OUTPUT:
            answer = {"error": "The template makes more than 1 MB.", "line": None}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
