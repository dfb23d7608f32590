"""What became of a sending, in the words that reporting.finish_delivery() understands."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Outcome:
    """``sent``; ``transient``: try again; ``permanent``: do not; ``gone``: the webhook is no more.
    ``error_class`` is a word for statistics, ``error`` a sentence without secrets."""

    kind: Literal["sent", "transient", "permanent", "gone"]
    error_class: str | None = None
    error: str | None = None
    retry_after: int | None = None
    """Seconds that the other side asked to wait."""


SENT = Outcome("sent")
