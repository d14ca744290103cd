"""What can be done in a case, with what each needs to know. The class is the action, its fields are its parameters."""

from typing import Annotated, get_args

from msgspec import Meta, Struct

from alerts.escalation.cases.consequences import ConsequenceKind
from stream.events import Id, ItemId

WORDS_CHARS = 4_000
Words = Annotated[str, Meta(max_length=WORDS_CHARS)]


class Action(Struct, frozen=True, kw_only=True, tag_field="action", forbid_unknown_fields=True):
    """Base of the actions."""

    @property
    def name(self) -> str:
        """How tables, audit and API call it."""
        return str(self.__struct_config__.tag)


class Triage(Action, frozen=True, tag="triage"):
    """Take the case: whoever does it has it from now on, unless `assignee` names another."""

    assignee: Id | None = None


class Notify(Action, frozen=True, tag="notify"):
    """Send the case to the vendor, and its link to the rater. The case is notified once the vendor has it."""


class Delivered(Action, frozen=True, tag="delivered"):
    """The vendor has it: deadlines start."""


class Acknowledge(Action, frozen=True, tag="acknowledge"):
    """The vendor has read it."""


class Answer(Action, frozen=True, tag="answer"):
    """What the vendor says to it."""

    words: Words


class TellRater(Action, frozen=True, tag="tell_rater"):
    """The rater was told and can open the own page: by our link, or so the vendor says."""


class Appeal(Action, frozen=True, tag="appeal"):
    """The rater, or the vendor for the rater, stands by answers: by item, in free words, or both."""

    words: Words = ""
    item_ids: Annotated[tuple[ItemId, ...], Meta(max_length=64)] = ()


class GrantAppeal(Action, frozen=True, tag="grant_appeal"):
    """The answers stand. An appeal in general clears the finding; one on items takes those out of its evidence."""

    appeal_id: Id
    words: Words


class RefuseAppeal(Action, frozen=True, tag="refuse_appeal"):
    """The appeal changes nothing; the words say why, and the one who appealed reads them."""

    appeal_id: Id
    words: Words


class OpenEvidence(Action, frozen=True, tag="open_evidence"):
    """Somebody looks at the evidence. Without it nobody decides."""


class Confirm(Action, frozen=True, tag="confirm"):
    """The finding is right."""

    words: Words
    retrained: bool = False  # the rater was trained since: the detector begins anew


class Clear(Action, frozen=True, tag="clear"):
    """The finding is wrong, or has another explanation."""

    words: Words


class Lapse(Action, frozen=True, tag="lapse"):
    """The vendor did not answer in time, nor after all reminders. Confirms nothing."""


class ProposeConsequence(Action, frozen=True, tag="propose_consequence"):
    """What is to follow for the rater; a second person signs it before it stands."""

    kind: ConsequenceKind
    words: Words


class SignConsequence(Action, frozen=True, tag="sign_consequence"):
    """The second person agrees."""

    consequence_id: Id
    words: Words


class UndoConsequence(Action, frozen=True, tag="undo_consequence"):
    """A consequence ends here."""

    consequence_id: Id
    words: Words


class Comment(Action, frozen=True, tag="comment"):
    """A note for our own people; neither vendor nor rater reads it."""

    words: Words


class Assign(Action, frozen=True, tag="assign"):
    """Hand the case to somebody else of ours."""

    assignee: Id


class Close(Action, frozen=True, tag="close"):
    """Nothing is left to do."""


class Withdraw(Action, frozen=True, tag="withdraw"):
    """A known answer was corrected, and the finding with it is gone."""


class Reopen(Action, frozen=True, tag="reopen"):
    """Look again, with all that was said before in the history."""

    words: Words


AnyAction = (
    Triage
    | Notify
    | Delivered
    | Acknowledge
    | Answer
    | TellRater
    | Appeal
    | GrantAppeal
    | RefuseAppeal
    | OpenEvidence
    | Confirm
    | Clear
    | Lapse
    | ProposeConsequence
    | SignConsequence
    | UndoConsequence
    | Comment
    | Assign
    | Close
    | Withdraw
    | Reopen
)
ACTIONS: dict[str, type[Action]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyAction)}
