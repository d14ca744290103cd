"""How many records a token may send in the long run: a leaking bucket for each."""

from stream.intake.http.tokens import Token


class Rates:
    """A token's bucket holds `burst_records` and leaks `records_per_second`. What came is poured in, also beyond the
    brim: how many records a body holds is known only once it was read. The next request then waits.
    """

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}

    def wait_s(self, token: Token, now_s: float) -> float:
        """0 when the token may send now, else after how many seconds."""
        level = self._level(token, now_s)
        return max(0.0, (level - token.settings.burst_records) / token.settings.records_per_second)

    def pour(self, token: Token, records: int, now_s: float) -> None:
        """Counts what came."""
        self._levels[token.name] = (self._level(token, now_s) + records, now_s)

    def _level(self, token: Token, now_s: float) -> float:
        level, was_s = self._levels.get(token.name, (0.0, now_s))
        return max(0.0, level - (now_s - was_s) * token.settings.records_per_second)
