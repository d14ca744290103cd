"""What has to come first, beside state and role: evidence opened, own words, a rater who was told, a second person."""

from collections.abc import Collection
from dataclasses import dataclass

from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.errors import Unmet

LEAST_WORDS = 4
LEAST_CHARS = 20


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What a decision is held against."""

    evidence_opened: bool  # by this person, since the case was last opened
    words: str
    given: Collection[str] = ()  # texts that are not the person's own: the sentence, and words of other decisions
    appeals_open: int = 0
    granted_as_a_whole: bool = False  # an appeal against the finding itself was granted in this round


def demand_decision(facts: DecisionFacts, *, confirms: bool) -> None:
    """Raises Unmet, which says what to do first."""
    if not facts.evidence_opened:
        raise Unmet("open the evidence of this case first; a decision rests on what you have seen")
    demand_own_words(facts.words, facts.given)
    if confirms and facts.appeals_open:
        raise Unmet("reply to the open appeal first; a finding is confirmed only once appeals have a reply")
    if confirms and facts.granted_as_a_whole:
        raise Unmet("an appeal against this finding was granted; clear it, or reopen the case later")


def demand_own_words(words: str, given: Collection[str] = ()) -> None:
    """Raises Unmet for an empty, a token or a copied reason."""
    text = _plain(words)
    if len(text) < LEAST_CHARS or len(text.split()) < LEAST_WORDS:
        raise Unmet(f"say why in your own words, {LEAST_WORDS} words and {LEAST_CHARS} characters at least")
    if text in {_plain(other) for other in given}:
        raise Unmet("these words stand elsewhere already; say in your own words why it is so in this case")


@dataclass(frozen=True, slots=True)
class ConsequenceFacts:
    """What a consequence is held against."""

    kind: ConsequenceKind
    confirmed: bool  # a finding of the case stands confirmed
    rater_told_ms: int | None
    may_from_ms: int | None  # when the rater has known for long enough
    appeals_open: int
    unsigned: int  # consequences of this round that wait for a second person
    now_ms: int


def demand_consequence(facts: ConsequenceFacts) -> None:
    """Raises Unmet. That nothing follows may always be entered."""
    if facts.kind is ConsequenceKind.NONE:
        return
    if not facts.confirmed:
        raise Unmet("no finding of this case is confirmed, so nothing follows from it; enter “none” or close it")
    if facts.rater_told_ms is None:
        raise Unmet("the rater was not told yet; a consequence follows only once the rater knows and could appeal")
    if facts.appeals_open:
        raise Unmet("reply to the open appeal first; a consequence follows only after it")
    if facts.may_from_ms is None or facts.now_ms < facts.may_from_ms:
        raise Unmet("the rater has not known for long enough to appeal; the contract says how many business days")
    if facts.unsigned:
        raise Unmet("another consequence of this case waits for its second person; let it be signed or undone first")


def demand_second_person(person: str, first: str | None) -> None:
    """Raises Unmet when both are the same."""
    if person == first:
        raise Unmet("a second person has to do this: you entered it yourself")


def demand_appeal(
    words: str, item_ids: Collection[str], known_items: Collection[str], until_ms: int | None, now_ms: int
) -> None:
    """Raises Unmet for an appeal that says nothing, is about items that the case does not show, or comes too late."""
    if not words.strip() and not item_ids:
        raise Unmet("say why, or choose the answers that you stand by")
    strangers = sorted(set(item_ids) - set(known_items))
    if strangers:
        raise Unmet(f"{strangers[0]!r} is none of the items of this case; choose among those that it shows")
    if until_ms is not None and now_ms > until_ms:
        raise Unmet("the time to appeal is over; write to the quality desk, which can reopen the case")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
