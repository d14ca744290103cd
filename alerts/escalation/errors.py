"""Every error of the escalation service, by what the caller can do about it.

RaterwatchError
└── EscalationError
    ├── Refused          nothing was changed, and the message says why
    │   ├── WrongRole    this role may not do this: somebody else does (HTTP 403)
    │   ├── WrongState   not in this state: reload, the message names what is possible now (HTTP 409)
    │   └── Unmet        something is missing first: open the evidence, write own words, wait (HTTP 422)
    ├── NotThere         no such case, or not yours to see; both look the same (HTTP 404)
    ├── BrokenChain      the audit was altered: keep the database as it is and find out who could write to it
    └── Undeliverable    a message did not arrive; `final` says whether to try again
"""

from stream.errors import RaterwatchError


class EscalationError(RaterwatchError):
    """Base of what the escalation service raises on purpose."""


class Refused(EscalationError):
    """An action that was not done."""


class WrongRole(Refused):
    """The role may not do this, in whatever state."""


class WrongState(Refused):
    """The role may do this, but not now."""


class Unmet(Refused):
    """State and role fit, but something that has to come first has not."""


class NotThere(EscalationError):
    """What was asked for does not exist, or belongs to somebody else."""


class BrokenChain(EscalationError):
    """The audit no longer says what was written."""


class Undeliverable(EscalationError):
    """A message did not arrive."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final
