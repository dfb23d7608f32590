"""Segment figures worked out once more, in plain Python, from the facts and METRICS section 4.

Shares nothing with sql/: fractions instead of numeric, zoneinfo instead of PostgreSQL's time zones,
recipients instead of rollups. Slow and simple.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

Value = int | bool | Fraction | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Segment:
    id: UUID
    name: str
    is_active: bool


@dataclass
class Recipient:
    """What became of one lead in one campaign, and the segments (and versions) it was in."""

    campaign: UUID
    zone: str
    owner: UUID | None
    variant: str
    sent_at: datetime | None
    delivered: bool
    opened: bool
    machine_opened: bool
    clicked: bool
    replied_at: datetime | None
    bounced: bool
    won_at: datetime | None
    is_won: bool
    segments: dict[UUID, tuple[int, bool]] = field(default_factory=dict[UUID, tuple[int, bool]])

    @property
    def local(self) -> datetime:
        assert self.sent_at is not None
        return self.sent_at.astimezone(ZoneInfo(self.zone))

    @property
    def replied(self) -> bool:
        return (
            self.sent_at is not None
            and self.replied_at is not None
            and self.replied_at >= self.sent_at
        )

    @property
    def converted(self) -> bool:
        return (
            self.is_won
            and self.won_at is not None
            and self.sent_at is not None
            and self.won_at > self.sent_at
        )


def within(
    recipients: Sequence[Recipient],
    from_day: date,
    to_day: date,
    owners: Collection[UUID] | None,
) -> list[Recipient]:
    return [
        r
        for r in recipients
        if r.sent_at is not None
        and from_day <= r.local.date() < to_day
        and (owners is None or r.owner in owners)
    ]


def performance(
    segments: Sequence[Segment],
    recipients: Sequence[Recipient],
    from_day: date,
    to_day: date,
    owners: Collection[UUID] | None = None,
) -> dict[UUID, Row]:
    """What metrics.segment_performance says, by segment."""
    sent = within(recipients, from_day, to_day, owners)
    prior_open = _rate(sum(r.opened for r in sent), len(sent))
    prior_reply = _rate(sum(r.replied for r in sent), len(sent))
    rows: dict[UUID, Row] = {}
    for segment in segments:
        own = [r for r in sent if segment.id in r.segments]
        n, opened, replied = len(own), sum(r.opened for r in own), sum(r.replied for r in own)
        waits = [r.replied_at - r.sent_at for r in own if r.replied and r.replied_at and r.sent_at]
        seconds = sum((_seconds(wait) for wait in waits), Fraction(0))
        hour, hour_sent, hour_replied = _best(own, [r.local.hour for r in own], prior_reply)
        weekday, weekday_sent, weekday_replied = _best(
            own, [r.local.isoweekday() for r in own], prior_reply
        )
        rows[segment.id] = {
            "leads_sent": n,
            "delivered": sum(r.delivered for r in own),
            "opened": opened,
            "machine_opened": sum(r.machine_opened for r in own),
            "clicked": sum(r.clicked for r in own),
            "replied": replied,
            "bounced": sum(r.bounced for r in own),
            "converted": sum(r.converted for r in own),
            "recomputed": sum(r.segments[segment.id][1] for r in own),
            "open_rate": _rate(opened, n),
            "open_rate_low": _wilson(opened, n, -1),
            "open_rate_high": _wilson(opened, n, 1),
            "click_rate": _rate(sum(r.clicked for r in own), n),
            "reply_rate": _rate(replied, n),
            "reply_rate_low": _wilson(replied, n, -1),
            "reply_rate_high": _wilson(replied, n, 1),
            "bounce_rate": _rate(sum(r.bounced for r in own), n),
            "conversion_rate": _rate(sum(r.converted for r in own), n),
            "reply_seconds": seconds,
            "avg_reply_hours": seconds / replied / 3600 if replied else None,
            "prior_open_rate": prior_open,
            "prior_reply_rate": prior_reply,
            "shrunk_open_rate": _shrunk(opened, n, prior_open),
            "shrunk_reply_rate": _shrunk(replied, n, prior_reply),
            "is_provisional": 0 < n < 20,
            "best_hour": hour,
            "best_hour_sent": hour_sent,
            "best_hour_replied": hour_replied,
            "best_weekday": weekday,
            "best_weekday_sent": weekday_sent,
            "best_weekday_replied": weekday_replied,
        }
    for metric in ("open", "reply"):
        _place(segments, rows, metric)
    return rows


def _place(segments: Sequence[Segment], rows: dict[UUID, Row], metric: str) -> None:
    """Ranks and places by one metric."""
    shrunk = {s.id: rows[s.id][f"shrunk_{metric}_rate"] or Fraction(0) for s in segments}
    size = {s.id: int(rows[s.id]["leads_sent"] or 0) for s in segments}
    ranked = [s for s in segments if s.is_active and size[s.id] >= 20]
    listed = sorted(
        (s for s in segments if s.is_active and size[s.id] > 0),
        key=lambda s: (size[s.id] < 20, -shrunk[s.id], -size[s.id], s.name, s.id),
    )
    for segment in segments:
        row = rows[segment.id]
        row["ranked_segments"] = len(ranked)
        row[f"{metric}_rank"] = (
            1 + sum(shrunk[other.id] > shrunk[segment.id] for other in ranked)
            if segment in ranked
            else None
        )
        row[f"{metric}_position"] = 1 + listed.index(segment) if segment in listed else None


def _best(
    own: Sequence[Recipient], keys: Sequence[int], prior: Fraction | None
) -> tuple[int | None, int | None, int | None]:
    """The key with the highest shrunk reply rate of those with 20 or more; how many, how many
    replied."""
    choices: list[tuple[Fraction, int, int, int]] = []
    for key in set(keys):
        part = [r for r, k in zip(own, keys, strict=True) if k == key]
        replied = sum(r.replied for r in part)
        rate = _shrunk(replied, len(part), prior)
        if len(part) >= 20 and rate is not None:
            choices.append((-rate, -len(part), key, replied))
    if not choices:
        return None, None, None
    _, size, key, replied = min(choices)
    return key, -size, replied


def _rate(k: int, n: int) -> Fraction | None:
    return Fraction(k, n) if n else None


def _shrunk(k: int, n: int, prior: Fraction | None) -> Fraction | None:
    return (k + 10 * prior) / (n + 10) if n and prior is not None else None


def _wilson(k: int, n: int, side: int) -> Fraction | None:
    if not n:
        return None
    z = 1.959963984540054
    p = k / n
    middle = p + z * z / (2 * n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Fraction(min(max((middle + side * spread) / (1 + z * z / n), 0.0), 1.0))


def _seconds(wait: timedelta) -> Fraction:
    return Fraction(wait // timedelta(microseconds=1), 1_000_000)
