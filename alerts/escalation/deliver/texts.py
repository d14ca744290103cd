"""The words of e-mails and Slack messages: which case, what is wanted, and a link. They never accuse."""

from typing import Any, NamedTuple

from alerts.escalation.said.catalogue import Tongue

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


_FACTS = {"queue": "Queue", "rater": "Rater"}
_LINKS = {"case": "The case", "for_the_rater": "For the rater"}
OVERDUE = {
    "acknowledge": "the vendor has not confirmed in time that it has read the case",
    "answer": "the vendor has not answered in time",
    "reply": "the reply to an appeal is overdue",
}
FALLS_BACK = "a message to {vendor} did not arrive; it goes by e-mail instead"
ARRIVES_NOWHERE = "a message to {vendor} did not arrive; there is no other way to this vendor"
_ABOUT = "Case {id}: {text}"
SENTENCES = (  # for the catalogue
    *(text for part in (_SUBJECTS, _BODIES, _FACTS, _LINKS, OVERDUE) for text in part.values()),
    FALLS_BACK,
    ARRIVES_NOWHERE,
    _ABOUT,
)


class Text(NamedTuple):
    """A message for people."""

    subject: str
    body: str
    language: str


def text_of(message: dict[str, Any], links: dict[str, str], tongue: Tongue) -> Text:
    """The text of a queued message in the reader's language; `links` leads to the case."""
    _ = tongue.text
    # An address stands on a line of its own, where the other direction of writing does not reach it.
    ways = [line for name, link in links.items() for line in (f"{_(_LINKS[name])}:", link)]
    if message["type"].startswith("desk."):
        text = _to_us(message, tongue)
        return Text(text, "\n".join([f"{text}.", *ways]), tongue.language)
    case, kind = message["case"], message["type"]
    facts = [f"{_(name)}: {case[fact]}" for fact, name in _FACTS.items() if case[fact]]
    body = "\n".join([_(_BODIES[kind]), "", *facts, *ways])
    return Text(_(_SUBJECTS[kind], id=case["id"]), body, tongue.language)


def _to_us(message: dict[str, Any], tongue: Tongue) -> str:
    text = tongue.text(message["text"], **message.get("params", {}))
    return tongue.text(_ABOUT, id=message["case_id"], text=text) if message["case_id"] else text
