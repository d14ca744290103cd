"""The running sums of the last 50 judgments against a count from the ring itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality import raters as kernel
from stream.quality.evidence import recent_agreement
from stream.quality.policy import DEFAULT_POLICY, Detector, as_rows
from stream.quality.rater_rows import make_raters
from stream.quality.schema import COLUMNS, MEETING, OUTCOME, SUMMARY, UNIT, Flag

STEP = st.one_of(
    st.tuples(st.just("judge"), st.integers(0, 400), st.integers(0, 4)),
    st.tuples(st.just("rescore"), st.integers(0, 200), st.integers(0, 4)),
    st.tuples(st.just("withdraw"), st.integers(0, 200), st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
)
IN_ORDER = st.tuples(st.just("next"), st.just(0), st.integers(0, 4))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(IN_ORDER, IN_ORDER, IN_ORDER, STEP), max_size=160))
def test_running_sums_equal_a_count_of_the_ring(steps: list[tuple[str, int, int]]) -> None:
    rows = make_raters(2, 4)
    rows.hot["queue_row"] = rows.hot["vendor_row"] = 1
    rows.hot["scale"] = 4
    standing: dict[int, np.void] = {}
    for number, (what, where, quarters) in enumerate(steps):
        if what == "restart":
            kernel.begin_episode(rows, 0, Detector.UNRELATED, DEFAULT_POLICY.least_known, 0)
        else:
            outcome = np.zeros(1, OUTCOME)
            row = outcome[0]
            if what in {"judge", "next"}:
                row["first"], row["judgment"] = 1, number
                row["submitted_ms"] = 1_000 + (number if what == "next" else where)
            elif standing:
                chosen = sorted(standing)[where % len(standing)]
                row["judgment"], row["submitted_ms"] = chosen, standing[chosen]["submitted_ms"]
                row["old"], row["last"] = standing[chosen]["new"], what == "withdraw"
            else:
                continue
            if not row["last"]:
                score = row["new"]
                score["flags"] = Flag.SCORED if quarters else 0
                score["agreement"], score["expected"] = quarters * UNIT // 4, UNIT // 4
            kernel.accumulate(
                outcome,
                np.zeros(1, "i4"),
                0,
                rows,
                as_rows([DEFAULT_POLICY]),
                np.zeros(0, "i8"),
                np.zeros(COLUMNS, "i8"),
                np.zeros(1, "i4"),
                np.zeros(1, SUMMARY),
                np.zeros(1, "i8"),
                np.zeros(0, MEETING),
                np.zeros((1, 2), "i8"),
            )
            if row["last"]:
                del standing[int(row["judgment"])]
            else:
                standing[int(row["judgment"])] = row.copy()
        hot = rows.hot[0]
        running = hot["recent_scored"], hot["recent_agreement"] / UNIT, hot["recent_expected"] / UNIT
        assert running == recent_agreement(rows, 0, hot["unrelated_from"])
