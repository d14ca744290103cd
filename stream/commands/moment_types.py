"""Points in time on the command line: with offset, or as a span from now."""

import time

import click

from stream.intake.moments import to_ms
from stream.intake.reasons import Reason

_UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


class SpanOrMoment(click.ParamType):
    """A span back from now, or ahead of it, or a time with offset; in milliseconds since the epoch."""

    def __init__(self, name: str, units: str, *, ahead: bool) -> None:
        self.name, self._units, self._ahead = name, units, ahead

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fails for what is neither, and for a time that has passed where one to come is asked for."""
        if isinstance(value, int):
            return value
        text, now_ms = str(value), time.time_ns() // 1_000_000
        if text[:-1].isdecimal() and int(text[:-1]) > 0 and text[-1] in self._units:
            span_ms = int(text[:-1]) * _UNITS_MS[text[-1]]
            return now_ms + span_ms if self._ahead else now_ms - span_ms
        found = to_ms(text)
        if isinstance(found, Reason) or (self._ahead and found <= now_ms):
            self.fail(_SAY[self._ahead], param, ctx)
        return found


_SAY = {
    True: "say a span such as 12h, 7d or 2w, or a time to come with offset: 2031-01-05T12:00:00Z",
    False: "say a span such as 30m, 6h or 2d, or a time with offset: 2026-01-05T12:00:00Z",
}
SINCE, UNTIL = SpanOrMoment("since", "smhd", ahead=False), SpanOrMoment("until", "hdw", ahead=True)
