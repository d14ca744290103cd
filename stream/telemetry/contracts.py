"""What was agreed on with a vendor, as alert rules compare with it."""

from typing import NamedTuple

from stream.telemetry.instruments import Instruments


class Terms(NamedTuple):
    """A vendor's terms on a queue; None where nothing was agreed on."""

    vendor: str
    queue: str
    period: str  # week, month or quarter
    target_accuracy: float | None
    cost_per_correct_max: float | None  # in the contract's currency

    def show(self, instruments: Instruments) -> None:
        """Sets the gauges."""
        if self.target_accuracy is not None:
            instruments.contract_target.labels(self.vendor, self.queue, self.period).set(self.target_accuracy)
        if self.cost_per_correct_max is not None:
            instruments.contract_cost.labels(self.vendor).set(self.cost_per_correct_max)
