"""Who a judgment's rater is, beside the hash that the arithmetic uses."""

from typing import NamedTuple


class Profile(NamedTuple):
    """What stays the same over a rater's judgments in a queue; `None` where the producer did not say."""

    rater_id: str
    queue: str
    vendor: str
    locale: str | None = None
    site: str | None = None
    currency: str | None = None  # ISO 4217, of the costs
