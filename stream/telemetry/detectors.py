"""Which detectors the policy switches off."""

from stream.quality.policy import DETECTOR_NAMES
from stream.stages.policies import Policies


def muted_detectors(policies: Policies) -> dict[str, bool]:
    """By name: whether it is off in any queue."""
    on = policies.rows()["detectors_on"].astype("i8")
    return {name: bool(((on >> bit & 1) == 0).any()) for bit, name in enumerate(DETECTOR_NAMES)}
