"""What each action does beside the state of its case."""

from collections.abc import Callable
from typing import Any

from alerts.escalation.cases.actions import Action
from alerts.escalation.work.doing import Doing, Told
from alerts.escalation.work.effects import appealing, conversation, deciding, following, watching

Effect = Callable[[Doing, Any], Told]

EFFECTS: dict[str, Effect] = {
    "triage": watching.triage,
    "assign": watching.assign,
    "comment": watching.comment,
    "open_evidence": watching.open_evidence,
    "notify": conversation.notify,
    "delivered": conversation.delivered,
    "acknowledge": conversation.acknowledge,
    "answer": conversation.answer,
    "tell_rater": conversation.tell_rater,
    "appeal": appealing.appeal,
    "grant_appeal": appealing.grant,
    "refuse_appeal": appealing.refuse,
    "confirm": deciding.confirm,
    "clear": deciding.clear,
    "lapse": deciding.lapse,
    "withdraw": deciding.withdraw,
    "close": deciding.close,
    "reopen": deciding.reopen,
    "propose_consequence": following.propose,
    "sign_consequence": following.sign,
    "undo_consequence": following.undo,
}


def effect_of(action: Action) -> Effect:
    """The function that does what the action says."""
    return EFFECTS[action.name]
