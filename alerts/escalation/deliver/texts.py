"""The words of e-mails and Slack messages: which case, what is wanted, and a link. They never accuse."""

from typing import Any, NamedTuple

_SUBJECTS = {
    "case.case": "Please look at case {id}",
    "case.reminder": "Reminder: case {id} waits for you",
    "case.reply": "Case {id}: a reply to an appeal",
    "case.decision": "Case {id} was decided",
    "case.lapsed": "Case {id} ended without an answer",
    "case.withdrawn": "Case {id} is withdrawn: our reference was wrong",
    "case.consequence": "Case {id}: what follows was entered",
    "case.consequence_undone": "Case {id}: what followed was undone",
}
_BODIES = {
    "case.case": "There is an unusual pattern in some answers, and we would like to understand it with you.",
    "case.reminder": "This case still waits for you. If something keeps you from answering, please tell us.",
    "case.reply": "Somebody of ours has read the appeal and replied.",
    "case.decision": "Somebody of ours has looked at it and decided. You find the words on the case's page.",
    "case.lapsed": "No answer came in time. This says nothing about the answers in question; an appeal stays possible.",
    "case.withdrawn": "A known answer was corrected, so the case is gone. Nothing is left to do; we are sorry.",
    "case.consequence": "You find it, with who entered it and why, on the case's page.",
    "case.consequence_undone": "You find it, with who undid it and why, on the case's page.",
}


class Text(NamedTuple):
    """A message for people."""

    subject: str
    body: str


def text_of(message: dict[str, Any], links: dict[str, str]) -> Text:
    """The text of a queued message; `links` leads to the case."""
    lines = [f"{name}: {link}" for name, link in links.items()]
    kind = message["type"]
    if kind.startswith("desk."):
        about = f"Case {message['case_id']}: " if message["case_id"] else ""
        return Text(f"{about}{message['text']}", "\n".join([f"{about}{message['text']}.", *lines]))
    case = message["case"]
    facts = [f"{name}: {case[name]}" for name in ("queue", "rater") if case[name]]
    return Text(_SUBJECTS[kind].format(id=case["id"]), "\n".join([_BODIES[kind], "", *facts, *lines]))
