"""The product's ranking of a crowd: its judgments through the worker's engine, as `raterwatch backtest` runs it."""

from collections.abc import Iterator

import numpy as np

from evaluation.baseline import POINTS
from evaluation.datasets import Crowd
from evaluation.ranking import Product, scores_from_snapshots
from stream.backtest.run import Backtest, Plan, Result, batches
from stream.events import Judgment
from stream.intake.payload import QueuePayload, SettingsPayload

START_MS, STEP_MS = 1_577_836_800_000, 1_000  # a judgment a second, as for a file without a clock
QUEUE = "crowd"


def product_of(partitions: int) -> Product:
    """The suspicion as a ranking, best first, with the crowd's items on so many partitions."""

    def product(crowd: Crowd) -> np.ndarray:
        result = played(crowd, partitions)
        scores = [(row.rater_id, row.n, -row.suspicion) for row in result.snapshots]
        return scores_from_snapshots(crowd, [*scores, *((row.rater_id, None, -row.suspicion) for row in result.raters)])

    return product


def played(crowd: Crowd, partitions: int) -> Result:
    """The crowd through both stages."""
    queue = QueuePayload(name=QUEUE, labels=crowd.label_names)
    settings = SettingsPayload(queues=(queue,), accept_raw_ids=True)
    backtest = Backtest(settings, Plan(partitions, snapshots=tuple(int(n) for n in POINTS)))
    for batch in batches(_judgments(crowd)):
        backtest.feed(batch)
    return backtest.finish()


def _judgments(crowd: Crowd) -> Iterator[Judgment]:
    for at, (item, rater, label) in enumerate(zip(crowd.items, crowd.raters, crowd.labels, strict=True)):
        yield Judgment(
            judgment_id=str(at),
            item_id=crowd.item_ids[item],
            rater_id=crowd.rater_ids[rater],
            queue=QUEUE,
            vendor="vendor",
            label=crowd.label_names[label],
            submitted_at=START_MS + STEP_MS * at,
        )
