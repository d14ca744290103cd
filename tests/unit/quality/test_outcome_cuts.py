"""What goes to each destination, against a plain reading of the same outcomes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.item_rows import Outcomes, make_outcomes
from stream.quality.outcome_cuts import BYTES_MAX, cut
from stream.quality.outcome_joining import first_of_queues, group_by_rater, refer_to_joined
from stream.quality.schema import OUTCOME

DESTINATIONS, NAMES = 3, 6

outcomes_of = st.lists(
    st.tuples(
        st.integers(0, DESTINATIONS - 1),
        st.integers(-1, NAMES - 1),
        st.integers(-1, NAMES - 1),
        st.integers(0, 1),
        st.integers(0, 3),
    ),
    max_size=30,
)


def owed(drawn: list[tuple[int, int, int, int, int]]) -> Outcomes:
    out = make_outcomes(max(len(drawn), 1))
    for at, (destination, profile, item_id, queue, met) in enumerate(drawn):
        row = out.rows[at]
        row["offset"], row["profile"], row["item_id"], row["queue_row"] = at, profile, item_id, queue
        out.destinations[at] = destination
        for _ in range(met):
            out.meetings[out.cursor[3]]["row"], out.meetings[out.cursor[3]]["key"] = at, 100 + at
            out.cursor[3] += 1
    out.cursor[0] = len(drawn)
    return out


@given(outcomes_of)
@settings(max_examples=60, deadline=None)
def test_each_destination_gets_its_outcomes_in_order_with_their_names_and_meetings(
    drawn: list[tuple[int, int, int, int, int]],
) -> None:
    cuts = cut(owed(drawn), DESTINATIONS, np.full(NAMES, 8), NAMES)
    told: dict[int, list[tuple[int, ...]]] = {}
    for destination, first, end, met_first, met_end, *used in cuts.messages.tolist():
        names = [[-1, *cuts.used[one][used[2 * one] : used[2 * one + 1]].tolist()] for one in range(3)]
        for at in range(first, end):
            row = cuts.rows[at]
            met = cuts.meetings[met_first:met_end]
            met = met[met["row"] == at - first]
            assert set(met["key"].tolist()) <= {100 + int(row["offset"])}
            refers = [names[n][1 + int(row[column])] for n, column in enumerate(("profile", "item_id", "queue_row"))]
            told.setdefault(destination, []).append((int(row["offset"]), *refers, len(met)))
    for destination in range(DESTINATIONS):
        expected = [(at, *rest) for at, (to, *rest) in enumerate(drawn) if to == destination]
        assert told.get(destination, []) == expected


def test_a_message_stays_within_its_bytes_and_numbers_names_anew() -> None:
    count = 2 * BYTES_MAX // OUTCOME.itemsize
    out = owed([(0, 0, at % NAMES, 0, 3) for at in range(count)])
    cuts = cut(out, 1, np.full(NAMES, 1_000), NAMES)
    sizes = [
        (end - first) * (OUTCOME.itemsize + 1_000) + (met_end - met_first) * cuts.meetings.itemsize
        for _, first, end, met_first, met_end, *_ in cuts.messages.tolist()
    ]
    assert max(sizes) <= BYTES_MAX
    assert [row[1] for row in cuts.messages[1:].tolist()] == [row[2] for row in cuts.messages[:-1].tolist()]
    for _, first, *_ in cuts.messages.tolist():
        assert cuts.rows[first]["item_id"] == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_rows_are_grouped_by_rater_and_queue_in_the_order_of_their_first(pairs: list[tuple[int, int]]) -> None:
    rows = np.zeros(len(pairs), OUTCOME)
    for row, (rater, queue) in zip(rows, pairs, strict=True):
        row["rater"], row["queue"], row["queue_row"] = rater, queue, queue
    first, group = group_by_rater(rows)
    order = list(dict.fromkeys(pairs))
    assert [pairs[at] for at in first.tolist()] == order
    assert [order[at] for at in group.tolist()] == pairs
    queues = [queue for _, queue in pairs]
    assert first_of_queues(rows, 3).tolist() == [queues.index(q) if q in queues else -1 for q in range(3)]
    one, two = plain(group_by_rater)(rows)
    assert (one.tolist(), two.tolist()) == (first.tolist(), group.tolist())


def test_references_of_a_second_message_come_after_those_of_the_first() -> None:
    rows = np.zeros(3, OUTCOME)
    rows["profile"], rows["item_id"], rows["queue_row"] = [0, -1, 0], [1, 0, -1], [0, 0, 1]
    meetings = owed([(0, 0, 0, 0, 2)]).meetings[:2].copy()
    meetings["row"] = [0, 0]
    refer_to_joined(rows, meetings, np.array([[2, 1, 0, 0, 0, 0], [3, 2, 2, 5, 7, 9]]))
    assert rows["profile"].tolist() == [0, -1, 5]
    assert rows["item_id"].tolist() == [1, 0, -1]
    assert rows["queue_row"].tolist() == [0, 0, 10]
    assert meetings["row"].tolist() == [0, 2]
