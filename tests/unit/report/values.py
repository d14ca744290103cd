"""Standings, answers and runs for the tests of the report."""

import numpy as np

from stream.backtest.run import Backtest, Plan, batches
from stream.quality.outcome_message import QueueInfo
from stream.report.answers import AnswerBook, Answers
from stream.report.standing import Standing
from stream.report.truth import RaterTruth
from tests.unit.backtest.worlds import SETTINGS


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


def answers_of(told: list[tuple[str, str, int]], labels: int = 3, kind: int = 0) -> Answers:
    """From (item, rater, label code), in queue q."""
    items = sorted({item for item, _, _ in told})
    raters = sorted({rater for _, rater, _ in told})
    info = QueueInfo(1, "q", kind, tuple("abcdefgh"[:labels]), 8)
    return Answers(
        items=[("q", item) for item in items],
        raters=[(rater, "q") for rater in raters],
        queues={"q": info},
        item=np.array([items.index(item) for item, _, _ in told], "i8"),
        rater=np.array([raters.index(rater) for _, rater, _ in told], "i8"),
        label=np.array([label for _, _, label in told], "u4"),
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
