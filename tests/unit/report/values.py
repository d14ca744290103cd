"""Standings, answers and runs for the tests of the report."""

import numpy as np

from stream.backtest.run import Backtest, Plan, batches
from stream.events import Sentence
from stream.intake.decode import item_key
from stream.quality.outcome_message import QueueInfo
from stream.report.answers import AnswerBook, Answers
from stream.report.standing import Standing
from stream.report.truth import RaterTruth
from stream.stages.queue_copying import CopyingPower
from stream.stages.queue_told import QueueTold, SuspectItem
from tests.unit.backtest.worlds import SETTINGS, START_MS


def standing(rater: str = "ann", *, below: bool | None = None, since: int = 1, **fields) -> Standing:
    return Standing(
        **{
            "rater_id": rater,
            "queue": "q",
            "vendor": "v",
            "locale": None,
            "site": None,
            "tenure": None,
            "judgments": 100,
            "suspicion": 0.5,
            "agreement": None,
            "median_duration_ms": None,
            "accuracy": None,
            "informativeness": None,
            "flagged_at": None,
            "needs_review": False,
            "critical": False,
            "truth": None if below is None else RaterTruth(below, since),
        }
        | fields
    )


def queue_told(**fields) -> QueueTold:
    return QueueTold(
        **{
            "queue": "q",
            "copying": CopyingPower(
                can_tell=True, shared_items=31, sentence=Sentence(key="copying_told", params={}, text="after 31 items")
            ),
            "known_items": 40,
            "suspect_known_items": 1,
            "suspects": [
                SuspectItem("item<7>", 0.97, 7.0, Sentence(key="gold_suspect", params={}, text="5 of 6 say otherwise"))
            ],
            "level": 0.8,
            "shift": None,
            "change": None,
        }
        | fields
    )


def answers_of(
    told: list[tuple[str, str, int]], labels: int = 3, kind: int = 0, vendors: dict[str, str] | None = None
) -> Answers:
    """From (item, rater, label code), in queue q, a second apart, each for 0.02 EUR."""
    items = sorted({item for item, _, _ in told})
    raters = sorted({rater for _, rater, _ in told})
    info = QueueInfo(1, "q", kind, tuple("abcdefgh"[:labels]), 8)
    return Answers(
        items=[("q", item) for item in items],
        keys=[item_key("q", item) for item in items],
        raters=[(rater, "q") for rater in raters],
        queues={"q": info},
        item=np.array([items.index(item) for item, _, _ in told], "i8"),
        rater=np.array([raters.index(rater) for _, rater, _ in told], "i8"),
        label=np.array([label for _, _, label in told], "u4"),
        submitted_ms=START_MS + 1000 * np.arange(len(told)),
        cost_micro=np.full(len(told), 20_000, "i8"),
        vendors=[(vendors or {}).get(rater, "v") for rater in raters],
        currencies=["EUR"] * len(raters),
    )


def book_of(events, size: int = 4_000, settings=SETTINGS, **plan) -> AnswerBook:
    book = AnswerBook()
    backtest = Backtest(settings, Plan(**plan), [book.add])
    for batch in batches(events, size):
        backtest.feed(batch)
    backtest.finish()
    return book


def listed(answers: Answers) -> set[tuple[str, str, int]]:
    """(item, rater, label code) of each answer."""
    columns = zip(answers.item.tolist(), answers.rater.tolist(), answers.label.tolist(), strict=True)
    return {(answers.items[item][1], answers.raters[rater][0], label) for item, rater, label in columns}
