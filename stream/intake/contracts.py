"""Who agreed on what: the contracts of a queues file, spread over the queues that they hold for."""

from collections.abc import Iterator
from typing import NamedTuple

from stream.intake.queues import Settings


class Agreed(NamedTuple):
    """A vendor's contract on one queue; None where it says nothing."""

    vendor: str
    queue: str
    period: str
    target_accuracy: float | None
    cost_per_correct_max: float | None


def agreed(settings: Settings) -> Iterator[Agreed]:
    """One for each queue and each vendor who works there; a queue's own target stands in place of the contracts'."""
    for queue_name, queue in settings.queues.items():
        for vendor in queue.vendors or settings.vendors:
            contract = settings.vendors[vendor].contract
            target = contract.target_accuracy if queue.target_accuracy is None else queue.target_accuracy
            cost = contract.cost_per_correct_max
            yield Agreed(vendor, queue_name, contract.period, target, None if cost is None else float(cost))
