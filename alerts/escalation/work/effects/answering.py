"""Our own people say what is right: a known answer was wrong, or an item was judged again. Everybody is re-scored."""

from collections.abc import Collection

from alerts.escalation.cases.actions import CorrectAnswer, JudgeItems
from alerts.escalation.cases.demands import demand_own_words
from alerts.escalation.errors import Unmet
from alerts.escalation.store.reading import appeals_of, findings_of
from alerts.escalation.work.doing import Doing, Fact, Told
from alerts.escalation.work.effects.watching import has_opened_evidence
from alerts.escalation.work.evidence import items_of
from alerts.escalation.work.feedback import owe
from stream.events import Adjudication, Gold


def correct(doing: Doing, action: CorrectAnswer) -> Told:
    """The stream takes the new answer; findings that rested on the old one close by themselves and end the case."""
    queue = _demand(doing, action.item_ids, action.words)
    for item_id in action.item_ids:
        gold = Gold(queue=queue, item_id=item_id, label=action.label, revision=_revision(doing), at=doing.now_ms)
        owe(doing.session, item_id, gold, doing.now_ms)
    facts: dict[str, Fact] = {"items": len(action.item_ids), "withdrawn": action.label is None}
    return Told(facts, {"items": list(action.item_ids), "label": action.label, "words": action.words})


def judge(doing: Doing, action: JudgeItems) -> Told:
    """Chosen because of a case, so it enters no contract and no scorecard."""
    queue = _demand(doing, action.item_ids, action.words)
    appealed = bool(appeals_of(doing.session, doing.case))
    for item_id in action.item_ids:
        judged = Adjudication(
            queue=queue,
            item_id=item_id,
            label=action.label,
            revision=_revision(doing),
            auditor=doing.who.id,
            sampling="appeal" if appealed else "targeted",
            severity=action.severity,
            at=doing.now_ms,
        )
        owe(doing.session, item_id, judged, doing.now_ms)
    facts: dict[str, Fact] = {"items": len(action.item_ids), "severity": action.severity}
    return Told(facts, {"items": list(action.item_ids), "label": action.label, "words": action.words})


def _demand(doing: Doing, item_ids: Collection[str], words: str) -> str:
    """The queue; raises Unmet for items that are not the case's, and before anybody looked at them."""
    if not has_opened_evidence(doing):
        raise Unmet("open the evidence of this case first; what is right rests on what you have seen")
    demand_own_words(words)
    strangers = sorted(set(item_ids) - items_of(findings_of(doing.session, doing.case)))
    if strangers:
        raise Unmet(f"{strangers[0]!r} is none of the items of this case; choose among those that it shows")
    if doing.case.queue is None:
        raise Unmet("this case is about no queue, so it has no items")
    return doing.case.queue


def _revision(doing: Doing) -> int:
    """Seconds since 1970: above what any tool counts up, and a later word wins."""
    return doing.now_ms // 1_000
