"""How numbers, money, days and times are written: numbers as the locale of the workspace has them,
words in the reader's language, times in the zone that the workspace counts its days in.

Nothing is rounded here: figures arrive with the decimals that SQL gave them, and are shown with
these.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, format_percent

NOTHING = "–"  # noqa: RUF001
"""Shown where there is nothing to show: not measured, or nothing to divide by."""

Number = int | float | Decimal


class Formats:
    """The formats of one reader of one workspace."""

    def __init__(self, language: str, locale: str | None, zone: str, currency: str) -> None:
        self._numbers = locale_of(locale) or Locale(language)
        self._words = locale_of(f"{language}-{self._numbers.territory or ''}") or Locale(language)
        self._zone: tzinfo = ZoneInfo(zone)
        self._currency = currency

    def number(self, value: Number | None, decimals: int = 0) -> str:
        """With as many decimals as the figure was given."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(_exact(value), format=pattern, locale=self._numbers)

    def signed(self, value: Number | None, decimals: int = 0) -> str:
        """With its sign: a change."""
        if value is None:
            return NOTHING
        figure = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(_exact(value), format=f"+{figure};-{figure}", locale=self._numbers)

    def plain(self, value: Number | None) -> str:
        """With the decimals that it has, and no more."""
        if value is None:
            return NOTHING
        return format_decimal(_exact(value), locale=self._numbers, decimal_quantization=False)

    def share(self, value: Number | None) -> str:
        """A fraction 0-1 of four decimals, in percent."""
        if value is None:
            return NOTHING
        return format_percent(_exact(value), format="#,##0.00%", locale=self._numbers)

    def percent(self, value: Number | None) -> str:
        """Percent 0-100 of one decimal."""
        return NOTHING if value is None else f"{self.number(value, 1)}%"

    def money(self, value: Number | None) -> str:
        if value is None:
            return NOTHING
        return format_currency(_exact(value), self._currency, locale=self._numbers)

    def day(self, value: date | None) -> str:
        return NOTHING if value is None else format_date(value, "medium", locale=self._words)

    def days(self, first: date, last: date) -> str:
        """One day, or from one to another."""
        return (
            self.day(first) if first == last else f"{self.day(first)} \N{EN DASH} {self.day(last)}"
        )

    def day_of(self, value: datetime | None) -> str:
        """The day of a moment, in the zone of the workspace."""
        return NOTHING if value is None else self.day(value.astimezone(self._zone).date())

    def time(self, value: datetime | None) -> str:
        """Day and minute."""
        if value is None:
            return NOTHING
        return f"{self.day_of(value)}, {self._clock(value)}"

    def exact_time(self, value: datetime | None) -> str:
        """Day, second and zone, for those who ask."""
        if value is None:
            return NOTHING
        return format_datetime(value, "long", tzinfo=self._zone, locale=self._words)

    def _clock(self, value: datetime) -> str:
        return format_time(value, "short", tzinfo=self._zone, locale=self._words)

    @property
    def chart_locale(self) -> dict[str, object]:
        """The same for Vega (d3-format)."""
        symbols = self._numbers.number_symbols["latn"]
        return {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": ["", f" {self._currency}"],
        }

    @property
    def chart_times(self) -> dict[str, object]:
        """Names of months and weekdays for Vega (d3-time-format); its weeks begin on Sunday."""
        days = self._words.days["stand-alone"]
        months = self._words.months["stand-alone"]
        sunday_first = [6, 0, 1, 2, 3, 4, 5]
        return {
            "dateTime": "%d %b %Y %H:%M",
            "date": "%d %b %Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": [days["wide"][day] for day in sunday_first],
            "shortDays": [days["abbreviated"][day] for day in sunday_first],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        }


def locale_of(tag: str | None) -> Locale | None:
    """The locale of a tag like nl-NL; None when nobody knows it."""
    try:
        return Locale.parse(tag, sep="-") if tag else None
    except (UnknownLocaleError, ValueError):
        return None


def _exact(value: Number) -> Decimal:
    """The decimal number that was sent, not its binary neighbour."""
    return Decimal(str(value))
