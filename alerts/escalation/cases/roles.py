"""Who acts in a case."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a token or a session may do. `system` is the service itself and is never given to a person."""

    RATER = "rater"
    VENDOR_LEAD = "vendor_lead"
    VENDOR_WELLNESS = "vendor_wellness"
    ANALYST = "analyst"
    DECIDER = "decider"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    PRIVACY = "privacy"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts. `id` names an account or a link, never a rater; `vendor` is set for those of a vendor."""

    id: str
    role: Role
    vendor: str | None = None
    rater_id: str | None = None  # the pseudonym, of a rater only

    def __post_init__(self) -> None:
        if self.role in OF_A_VENDOR and not self.vendor:
            raise ValueError(f"a {self.role} belongs to a vendor; name it")
        if (self.role is Role.RATER) != (self.rater_id is not None):
            raise ValueError("a rater, and nobody else, has a rater_id")


STAFF = frozenset({Role.ANALYST, Role.DECIDER})
READERS = STAFF | {Role.AUDITOR, Role.PRIVACY, Role.ADMIN}  # see every case; engineers see none
OF_A_VENDOR = frozenset({Role.VENDOR_LEAD, Role.VENDOR_WELLNESS, Role.RATER})
SYSTEM = Person("system", Role.SYSTEM)
