"""The states of a case, of a finding in it, and of an appeal."""

from enum import StrEnum


class CaseKind(StrEnum):
    """What a case is about."""

    RATER = "rater"
    QUEUE = "queue"
    VENDOR = "vendor"


class CaseState(StrEnum):
    """How far the conversation is."""

    OPEN = "open"  # nobody has looked yet
    TRIAGED = "triaged"  # somebody of ours has taken it
    NOTIFIED = "notified"  # the vendor has it: delivery is confirmed
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"  # by the vendor, or by a rater's appeal
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # our reference was wrong


class FindingState(StrEnum):
    """What people made of a finding."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    LAPSED = "lapsed"  # the vendor did not answer: this confirms nothing
    WITHDRAWN = "withdrawn"


class AppealState(StrEnum):
    """What people made of an appeal."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


ENDED = frozenset({CaseState.CLOSED, CaseState.WITHDRAWN})
BEFORE_VENDOR = frozenset({CaseState.OPEN, CaseState.TRIAGED})
UNDECIDED = frozenset(CaseState) - ENDED - {CaseState.DECIDED}
