"""Suspect known answers, copying and changes of agreement, from the log to what a person reads."""

import random

import pytest

from stream.backtest.run import Plan, run
from stream.events import Adjudication, Event, Gold, Judgment
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.stages.queue_told import QueueTold

START_MS = 1_767_571_200_000
LABELS = ("a", "b", "c")
RATERS, ITEMS = 12, 300
WRONG = "item-6"  # the item whose known answer a test gets wrong


def settings(kind: str = "nominal", labels: tuple[str, ...] = LABELS) -> SettingsPayload:
    return SettingsPayload(queues=(QueuePayload(name="q", kind=kind, labels=labels),), accept_raw_ids=True)


def crowd(*, wrong: bool = True, seed: int = 1, redundancy: int = 6) -> list[Event]:
    """Raters who are right nine times in ten; every third item has a known answer, and one of these may be wrong."""
    random_ = random.Random(seed)
    events: list[Event] = []
    for n in range(ITEMS):
        truth = LABELS[n % 3]
        known = None if n % 3 else truth
        if wrong and f"item-{n}" == WRONG:
            known = "b"
        for rater in random_.sample(range(RATERS), redundancy):
            label = truth if random_.random() < 0.9 else random_.choice(LABELS)
            at = START_MS + 20_000 * len(events)
            events.append(
                Judgment(
                    judgment_id=f"j{len(events)}",
                    item_id=f"item-{n}",
                    rater_id=f"r{rater}",
                    queue="q",
                    vendor=f"v{rater % 2}",
                    submitted_at=at,
                    label=label,
                    gold=known,
                )
            )
    return events


def later(events: list[Event], **fields: object) -> Gold:
    at = START_MS + 20_000 * len(events)
    return Gold(**{"queue": "q", "item_id": WRONG, "label": "a", "revision": 1, "at": at} | fields)


def told(events: list[Event], partitions: int = 2, payload: SettingsPayload | None = None) -> QueueTold:
    (found,) = run(events, payload or settings(), Plan(partitions)).queues
    return found


@pytest.mark.parametrize("partitions", [1, 3])
def test_a_known_answer_that_raters_right_elsewhere_miss_is_suspect_by_name(partitions: int) -> None:
    found = told(crowd(), partitions)
    assert (found.known_items, found.suspect_known_items) == (100, 1)
    (suspect,) = found.suspects
    assert suspect.item_id == WRONG
    assert suspect.probability > 0.9
    assert suspect.sentence.params["known"] == "b"
    assert "“a”" in suspect.sentence.text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_right_known_answers_of_a_careful_crowd_are_not_suspect(seed: int) -> None:
    found = told(crowd(wrong=False, seed=seed))
    assert (found.known_items, found.suspect_known_items, found.suspects) == (100, 0, [])


def test_a_corrected_known_answer_is_suspect_no_more() -> None:
    events = crowd()
    found = told([*events, later(events)])
    assert (found.known_items, found.suspect_known_items, found.suspects) == (100, 0, [])


def test_a_withdrawn_known_answer_is_no_known_item() -> None:
    events = crowd()
    found = told([*events, later(events, label=None)])
    assert (found.known_items, found.suspect_known_items, found.suspects) == (99, 0, [])


def test_an_answer_that_a_person_has_looked_at_is_not_suspect() -> None:
    events = crowd()
    looked_at = Adjudication(
        queue="q",
        item_id=WRONG,
        label="b",
        revision=1,
        auditor="rkx-auditor",
        sampling="targeted",
        severity="minor",
        at=START_MS + 20_000 * len(events),
    )
    assert told([*events, looked_at]).suspect_known_items == 0


def test_of_sets_nothing_is_known() -> None:
    events = [
        Judgment(
            judgment_id=f"j{n}",
            item_id=f"i{n // 3}",
            rater_id=f"r{n % 3}",
            queue="q",
            vendor="v",
            submitted_at=START_MS + 1000 * n,
            label=["a"],
            gold=["b"],
        )
        for n in range(90)
    ]
    found = told(events, payload=settings("set"))
    assert (found.known_items, found.suspect_known_items, found.suspects, found.level) == (None, None, [], None)
    assert not found.copying.can_tell


def test_with_two_labels_the_queue_says_that_copying_cannot_be_told() -> None:
    two = settings(labels=("a", "b"))
    events = [event for event in crowd() if isinstance(event, Judgment) and event.label != "c" and event.gold != "c"]
    found = told(events, payload=two)
    assert (found.copying.can_tell, found.copying.shared_items) == (False, None)
    assert "cannot be told" in found.copying.sentence.text


def test_with_more_labels_it_says_after_how_many_shared_items() -> None:
    found = told(crowd()).copying
    assert (found.shared_items is None) == ("for copying to be told" in found.sentence.text)
    if found.shared_items is not None:
        assert found.can_tell == (found.shared_items <= 40)
