"""Why something was not done, in the reader's language."""

from alerts.escalation.errors import EscalationError, Named
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.said.words import WORDS


def refusal(error: EscalationError, tongue: Tongue) -> str:
    """The error's sentence as a page says it; English where the catalogue does not have it."""
    said = tongue.text(error.text, **{name: _said(value, tongue) for name, value in error.params.items()})
    return said[:1].upper() + said[1:]


def _said(value: object, tongue: Tongue) -> object:
    if not isinstance(value, Named):
        return value
    _ = tongue.text
    return ", ".join(_("“{word}”", word=_(WORDS.get(key, key))) for key in value.keys) or _("nothing")
