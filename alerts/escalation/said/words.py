"""Our words as people read them, by the key that tables and the API use; the catalogue has each in every language."""

from collections.abc import Mapping

from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.cases.roles import Role
from alerts.escalation.cases.states import AppealState, CaseKind, CaseState, FindingState

_STATES = {
    CaseState.OPEN: "new",
    CaseState.TRIAGED: "taken",
    CaseState.NOTIFIED: "with the vendor",
    CaseState.ACKNOWLEDGED: "read by the vendor",
    CaseState.ANSWERED: "answered",
    CaseState.DECIDED: "decided",
    CaseState.CLOSED: "closed",
    CaseState.WITHDRAWN: "withdrawn",
    FindingState.CONFIRMED: "confirmed",
    FindingState.CLEARED: "cleared",
    FindingState.LAPSED: "ended without an answer",
    AppealState.GRANTED: "granted",
    AppealState.REFUSED: "refused",
    "finding.open": "not decided",
    "appeal.open": "waits for a reply",
}
_KINDS = {
    CaseKind.RATER: "rater",
    CaseKind.QUEUE: "queue",
    CaseKind.VENDOR: "vendor",
    "quality desk": "quality desk",
    "raterwatch": "raterwatch",
}
_TOPICS = {
    "known_answers": "Items with a known answer",
    "unrelated_to_peers": "Answers unlike those of others",
    "constant_answer": "One answer very often",
    "constant_set": "One set of labels very often",
    "known_against_rest": "Known answers and the rest differ",
    "inverted": "Labels may be swapped",
    "low_skill": "Agreement below the usual",
    "changed": "A change against the own past",
    "copying": "Answers shared with one other rater",
}
_ACTIONS = {
    "triage": "Take the case",
    "notify": "Send to the vendor",
    "acknowledge": "Confirm that you have read it",
    "answer": "Send the answer",
    "tell_rater": "The rater was told",
    "appeal": "Appeal",
    "grant_appeal": "Grant the appeal",
    "refuse_appeal": "Refuse the appeal",
    "open_evidence": "Open the evidence",
    "confirm": "Confirm the finding",
    "clear": "Clear the finding",
    "propose_consequence": "Enter what follows",
    "sign_consequence": "Sign as the second person",
    "undo_consequence": "Undo what followed",
    "comment": "Add a note",
    "assign": "Hand the case on",
    "close": "Close the case",
    "reopen": "Look at it again",
}
# What happened, in a case's history.
_DONE = {
    "done.open": "A finding opened the case",
    "done.join": "A finding joined the case",
    "done.triage": "Taken",
    "done.notify": "Sent to the vendor",
    "done.delivered": "Arrived at the vendor",
    "done.acknowledge": "Read by the vendor",
    "done.answer": "The vendor answered",
    "done.tell_rater": "The rater was told",
    "done.appeal": "Appealed",
    "done.grant_appeal": "Appeal granted",
    "done.refuse_appeal": "Appeal refused",
    "done.open_evidence": "Evidence opened",
    "done.confirm": "Finding confirmed",
    "done.clear": "Finding cleared",
    "done.lapse": "Ended without an answer",
    "done.propose_consequence": "Entered what follows",
    "done.sign_consequence": "Signed as the second person",
    "done.undo_consequence": "Undid what followed",
    "done.comment": "Added a note",
    "done.assign": "Handed on",
    "done.close": "Closed",
    "done.withdraw": "Withdrawn: a known answer was corrected",
    "done.reopen": "Opened again",
    "done.read_case": "Looked at the case",
    "done.export": "Exported",
    "done.send_again": "Message sent again",
    "done.delivery_arrived": "Message arrived",
    "done.delivery_given_up": "Message did not arrive",
    "done.overdue": "A deadline passed",
    "done.alert_over": "The alert is over",
    "done.finding_closed": "A finding closed",
}
_CONSEQUENCES = {
    ConsequenceKind.NONE: "nothing follows",
    ConsequenceKind.COACHING: "coaching",
    ConsequenceKind.RETRAINING: "retraining",
    ConsequenceKind.REQUALIFICATION: "re-qualification",
    ConsequenceKind.REMOVED_FROM_QUEUE: "no more work in this queue",
    ConsequenceKind.VENDORS_OWN: "what the vendor decides itself",
}
_DUE = {
    "due.acknowledge": "The vendor confirms that it has read the case",
    "due.answer": "The vendor answers",
    "due.reply": "The quality desk replies to the appeal",
}
_WINDOWS = {
    "1h": "last hour",
    "24h": "last 24 hours",
    "7d": "last 7 days",
    "last50": "last 50 answers",
    "lifetime": "all answers so far",
}
_ROLES = {
    Role.RATER: "rater",
    Role.VENDOR_LEAD: "vendor's lead",
    Role.VENDOR_WELLNESS: "vendor's wellness",
    Role.ANALYST: "analyst",
    Role.DECIDER: "decider",
    Role.ENGINEER: "engineer",
    Role.AUDITOR: "auditor",
    Role.PRIVACY: "privacy",
    Role.ADMIN: "administrator",
    Role.SYSTEM: "raterwatch",
}
_SCORECARDS = {
    "conclusion.met": "The agreed accuracy is met: the whole interval lies at or above it.",
    "conclusion.missed": "Below the agreed accuracy: the whole interval lies below it.",
    "conclusion.open": "Cannot be told: the agreed accuracy lies inside the interval.",
    "conclusion.few": "Too few answers were checked for a conclusion; it takes 200.",
    "conclusion.none": "No accuracy was agreed on.",
    "known_answer": "wrong known answers",
    "storm": "a guideline that was understood differently",
    "training": "training",
}
WORDS: Mapping[str, str] = {
    str(key): text
    for part in (_STATES, _KINDS, _TOPICS, _ACTIONS, _DONE, _CONSEQUENCES, _DUE, _WINDOWS, _ROLES, _SCORECARDS)
    for key, text in part.items()
}
