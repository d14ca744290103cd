"""Between us and the vendor: sent, arrived, read, answered; and the rater is told."""

from alerts.escalation.cases.actions import Acknowledge, Answer, Delivered, Notify, TellRater
from alerts.escalation.cases.states import CaseKind
from alerts.escalation.errors import Unmet
from alerts.escalation.work.doing import Doing, Told
from alerts.escalation.work.effects.watching import add_words
from alerts.escalation.work.sending import is_under_way, send_to_vendor


def notify(doing: Doing, action: Notify) -> Told:  # noqa: ARG001 (every effect takes its action)
    """Queues the message; nothing is told twice while one is under way."""
    if is_under_way(doing.session, doing.case.id, "case"):
        raise Unmet("the case is being sent already; see its deliveries, where one that failed can be sent again")
    sent = send_to_vendor(doing.session, doing.contract, doing.case, "case", doing.now_ms)
    if not sent:
        raise Unmet("the contract of this vendor names neither webhook nor e-mail; add one to the contracts file")
    return Told({"deliveries": len(sent)})


def delivered(doing: Doing, action: Delivered) -> Told:  # noqa: ARG001
    """The clock of this round starts."""
    doing.case.notified_ms = doing.now_ms
    doing.case.ever_notified = True
    return Told({"round": doing.case.round})


def acknowledge(doing: Doing, action: Acknowledge) -> Told:  # noqa: ARG001
    """Somebody there has it."""
    doing.case.acknowledged_ms = doing.now_ms
    return Told()


def answer(doing: Doing, action: Answer) -> Told:
    """To answer is to acknowledge too."""
    if not action.words.strip():
        raise Unmet("the answer is empty; write what you found")
    case = doing.case
    case.acknowledged_ms = case.acknowledged_ms or doing.now_ms
    case.answered_ms = case.answered_ms or doing.now_ms
    add_words(doing, "answer", action.words)
    return Told(personal={"words": action.words})


def tell_rater(doing: Doing, action: TellRater) -> Told:  # noqa: ARG001
    """The first time counts: from then on the rater can appeal."""
    if doing.case.kind != CaseKind.RATER:
        raise Unmet("this case is about no rater")
    doing.case.rater_told_ms = doing.case.rater_told_ms or doing.now_ms
    return Told({"told_ms": doing.case.rater_told_ms})
