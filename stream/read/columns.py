"""The columns of every table that `raterwatch.read` gives: the one declaration, and the source of docs/reading.md.

Shares are 0 to 1; intervals are at 95 %, for one look. What is unknown is null, and the column `why` says what is
missing. Time on sensitive content is in none of them: it is the wellness role's alone.
"""

from datetime import datetime
from typing import Annotated, NamedTuple


class OfRater(NamedTuple):
    """A rater on a queue; training is a row of its own."""

    rater: Annotated[str, "pseudonym"]
    queue: Annotated[str, "queue"]
    vendor: Annotated[str, "vendor"]
    locale: Annotated[str | None, "as the producer says it"]
    site: Annotated[str | None, "as the producer says it"]
    training: Annotated[bool, "work in training: measured, never a finding"]
    state: Annotated[str, "unknown, ok, watch or suspect (needs review); as of now, whatever the window"]
    suspicion: Annotated[float, "probability that accuracy is below the midpoint of chance and usual; ranks only"]
    accuracy: Annotated[float | None, "share of right answers by peers, over the lifetime"]
    accuracy_low: Annotated[float | None, "of its interval"]
    accuracy_high: Annotated[float | None, "of its interval"]
    informativeness_bits: Annotated[float | None, "a judgment tells beyond a fixed habit, over the lifetime"]
    open_findings: Annotated[int, "findings open now"]
    latest_judgment_at: Annotated[datetime | None, "submitted_at of the latest judgment"]


class OfQueue(NamedTuple):
    """A queue as a whole."""

    queue: Annotated[str, "queue"]
    vendors: Annotated[int, "vendors with judgments in it"]
    raters: Annotated[int, "raters with a row in it, training apart"]


class OfVendor(NamedTuple):
    """A vendor's part of a queue."""

    vendor: Annotated[str, "vendor"]
    queue: Annotated[str, "queue"]
    raters: Annotated[int, "raters with a row in it, training apart"]


class OfMoment(NamedTuple):
    """A piece of a rater's time in a queue."""

    queue: Annotated[str, "queue"]
    training: Annotated[bool, "work in training"]
    step: Annotated[str, "5min, 1h or 1d; the last 12, 24 and 7 are kept"]
    begins_at: Annotated[datetime, "first moment of the piece, which ends a step later"]


class Measured(NamedTuple):
    """What was measured in a window, or in a piece of time."""

    judgments: Annotated[int, "answered, and standing"]
    skipped: Annotated[int, "skips; never dissent"]
    escalated: Annotated[int, "escalations; never dissent"]
    agreement: Annotated[float | None, "mean agreement with the others who judged the same items"]
    agreement_low: Annotated[float | None, "of its interval (Wilson)"]
    agreement_high: Annotated[float | None, "of its interval"]
    chance_corrected: Annotated[float | None, "the same over what the queue's label mix gives: 1 perfect, 0 chance"]
    chance_corrected_low: Annotated[float | None, "of its interval"]
    chance_corrected_high: Annotated[float | None, "of its interval"]
    peers_per_judgment: Annotated[float | None, "others on the same item, a judgment that has any"]
    known_judgments: Annotated[int, "judgments of items with a known answer"]
    known_right: Annotated[float, "of these, the right ones; half right counts half on an ordinal scale"]
    known_accuracy: Annotated[float | None, "known_right over known_judgments"]
    known_accuracy_low: Annotated[float | None, "of its interval (Wilson)"]
    known_accuracy_high: Annotated[float | None, "of its interval"]
    audited: Annotated[int, "answers on items that an auditor decided"]
    audited_at_random: Annotated[int, "of these, drawn at random: fit for contracts"]
    overturned_at_random: Annotated[float, "of those, the ones decided otherwise"]
    typical_duration_ms: Annotated[float | None, "geometric mean of the time on an item"]
    fast_share: Annotated[float | None, "share below a third of the item kind's median; never a reason by itself"]
    judgments_per_active_hour: Annotated[float | None, "by time on items, not time on shift"]
    self_consistency: Annotated[float | None, "agreement with the own earlier answer on the same item"]
    cost: Annotated[float | None, "sum over the judgments whose producer said it"]
    costed: Annotated[int, "judgments whose producer said a cost"]
    currency: Annotated[str | None, "ISO 4217; null where costs are in several"]
    cost_per_correct: Annotated[float | None, "cost over the costed judgments times known_accuracy"]
    why: Annotated[str | None, "what is unknown, and what it would take; null where nothing is"]


class OfFinding(NamedTuple):
    """A finding that is open now."""

    finding: Annotated[str, "its id; `raterwatch affected --finding` takes it"]
    version: Annotated[int, "counts up with every update"]
    rater: Annotated[str | None, "pseudonym"]
    queue: Annotated[str, "queue"]
    vendor: Annotated[str | None, "vendor"]
    site: Annotated[str | None, "where the rater worked when it opened"]
    detector: Annotated[str, "which test opened it, or the likeliest kind"]
    state: Annotated[str, "suspect (needs review) or critical"]
    opened_at: Annotated[datetime, "log time"]
    updated_at: Annotated[datetime, "log time of this version"]
    shadow: Annotated[bool, "boards only: no case, no message"]
    n: Annotated[int, "judgments that it rests on"]
    peers: Annotated[int, "answers of others that they were compared with"]
    measure: Annotated[float | None, "what a person can read: a share"]
    low: Annotated[float | None, "of its interval"]
    high: Annotated[float | None, "of its interval"]
    threshold: Annotated[float | None, "what is usual for the measure, or a floor"]
    nats: Annotated[float | None, "evidence: natural log of a likelihood ratio; honest work reaches x with e^-x"]
    nats_needed: Annotated[float | None, "what opens a finding, from the declared budget"]
    sentence: Annotated[str, "what was seen, in words that the rater could read"]
    why: Annotated[str | None, "what is unknown, and why"]
