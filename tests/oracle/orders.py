"""Random orders about people among the events of a log."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from stream.intake.privacy_order import Word, order_about, privacy_control
from tests.oracle.shards import KEY
from tests.oracle.streams import DAY_MS, START_MS, Timed, corrections, judgments, verdicts


def order(rater: str, word: Word, version: int = 1) -> dict[str, Any]:
    """The control record as an event; `oracle` tells the oracle what the signed payload says by a hash."""
    record = privacy_control(KEY, order_about(rater, word, "someone", "as asked"), version, START_MS)
    event: dict[str, Any] = msgspec.json.decode(record)
    return event | {"oracle": [rater, word]}  # fields that nobody knows are ignored on the wire


@st.composite
def logs_with_orders(draw: st.DrawFn, most: int = 60) -> list[Timed]:
    """As `streams.logs`, with orders between the events; versions rise along the log."""
    words = st.sampled_from(["forget", "restrict", "restrict", "release", "release"])
    orders = st.tuples(st.integers(0, 4), words)
    log_ms, timed = START_MS, []
    events: st.SearchStrategy[Any] = judgments() | judgments() | judgments() | corrections() | verdicts() | orders
    for number, event in enumerate(draw(st.lists(events, max_size=most)), 1):
        log_ms += draw(st.sampled_from([1, 1, 1, 1, 1_000, DAY_MS]))
        timed.append((log_ms, order(f"r{event[0]}", event[1], number) if isinstance(event, tuple) else event))
    return timed
