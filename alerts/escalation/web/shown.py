"""A case and its parts as values, for API and pages alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.escalation.work.evidence import ShownItem


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: str
    kind: str
    state: str
    vendor: str | None
    queue: str | None
    rater: str | None  # the pseudonym
    topic: str
    critical: bool
    said: str
    round: int
    version: int
    opened_ms: int
    updated_ms: int
    due_ms: int | None
    due_kind: str | None
    appeal_until_ms: int | None
    rater_told_ms: int | None
    assignee: str | None  # None also to those outside
    ended_ms: int | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding of a case; its items are shown once the evidence was opened."""

    id: str
    topic: str
    state: str
    said: str
    beside: Sequence[str]
    measure: float | None
    low: float | None
    high: float | None
    usual: float | None
    judgments: int
    other_raters: int
    opened_ms: int
    at_ms: int
    items: Sequence[ShownItem]


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal with its reply; `id` is the receipt."""

    id: str
    state: str
    by: str
    words: str
    items: Sequence[str]
    at_ms: int
    reply_due_ms: int | None
    reply: str | None
    replied_ms: int | None


@dataclass(frozen=True, slots=True)
class WordsView:
    """Something said: a vendor's answer, a comment of ours."""

    kind: str
    by: str
    words: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ConsequenceView:
    """What followed, and until when. It is entered and signed by named persons, whoever reads it."""

    id: str
    kind: str
    words: str
    proposed_by: str
    proposed_ms: int
    signed_by: str | None
    signed_ms: int | None
    undone_ms: int | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was decided, and why; vendor and rater read the words, never the name."""

    verdict: str
    by: str | None
    words: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class EventView:
    """A row of the history."""

    at_ms: int
    by: str
    action: str
    state_before: str | None
    state_after: str | None
    facts: Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case."""

    case: CaseLine
    actions: Sequence[str]  # what the person may do now, by name
    evidence_opened: bool
    findings: Sequence[FindingView]
    appeals: Sequence[AppealView]
    said: Sequence[WordsView]
    decisions: Sequence[DecisionView]
    consequences: Sequence[ConsequenceView]
