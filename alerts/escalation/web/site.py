"""What the pages work with, put together once by `serving.py` and by tests."""

from dataclasses import dataclass, field

from fastapi import Request

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.clock import Clock
from alerts.escalation.numbers.port import RaterNumbers, UnknownNumbers
from alerts.escalation.scorecards.port import UnknownCounts, VendorCounts
from alerts.escalation.store.store import Store
from alerts.escalation.web.limits import RateLimit
from alerts.escalation.web.oidc import Oidc
from alerts.escalation.web.rater_links import RaterLinks
from alerts.escalation.web.usage import Usage


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a request may need."""

    store: Store
    contracts: Contracts
    clock: Clock
    address: str  # how people reach it, without a slash at the end
    links: RaterLinks
    numbers: RaterNumbers = field(default_factory=UnknownNumbers)
    counts: VendorCounts = field(default_factory=UnknownCounts)
    alertmanager_token: str | None = None  # without it, the webhook takes nothing
    session_minutes: int = 480
    oidc: Oidc | None = None
    sensitive_queues: frozenset[str] = frozenset()  # their items open behind a veil
    rate: RateLimit = field(default_factory=RateLimit)
    usage: Usage = field(default_factory=Usage)

    @property
    def is_https(self) -> bool:
        """Whether cookies and headers may insist on an encrypted connection."""
        return self.address.startswith("https://")


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site
