"""What our own people need around cases: deliveries, detectors' precision, the audit, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from alerts.escalation.api.schemas import struct_body
from alerts.escalation.cases.roles import READERS, STAFF, Person, Role
from alerts.escalation.deliver.outbox import dead_deliveries, send_again
from alerts.escalation.errors import Unmet
from alerts.escalation.store.audit import verify
from alerts.escalation.store.tables import DeliveryRow, TokenRow
from alerts.escalation.store.tokens import create_token, list_tokens, revoke_token
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.problem import BadRequest
from alerts.escalation.web.who import Asking, TheSite, demand_role
from alerts.escalation.work.precision import precision_of_detectors

routes = APIRouter()
_ROLES = frozenset(Role) - {Role.SYSTEM, Role.RATER}


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message and how it went; its address stays in the settings."""

    id: str
    case_id: str | None
    vendor: str | None
    what: str
    channel: str
    state: str
    attempts: int
    created_ms: int
    next_ms: int
    last_error: str | None


@routes.get("/deliveries/dead", tags=["deliveries"])
def get_dead_deliveries(site: TheSite, who: Asking) -> Sequence[DeliveryView]:
    """What never arrived, the newest first."""
    demand_role(who, *READERS)
    with site.store.reading() as session:
        return [delivery_view(one) for one in dead_deliveries(session)]


@routes.post("/deliveries/{delivery_id}/send-again", tags=["deliveries"])
def post_send_again(site: TheSite, who: Asking, delivery_id: str) -> DeliveryView:
    """Queues a dead delivery again, under the id it had."""
    demand_role(who, *STAFF, Role.ADMIN)
    with site.store.writing() as session:
        return delivery_view(send_again(session, who, delivery_id, site.clock()))


@dataclass(frozen=True, slots=True)
class DetectorView:
    """How often a detector was right, as people decided; `low` is a 90 % lower bound."""

    detector: str
    confirmed: int
    cleared: int
    precision: float | None
    low: float | None
    only_watches: bool


@routes.get("/detectors", tags=["detectors"])
def get_detectors(site: TheSite, who: Asking) -> Sequence[DetectorView]:
    """Each detector that people have decided about."""
    demand_role(who, *READERS, Role.ENGINEER)
    with site.store.reading() as session:
        return [
            DetectorView(one.detector, one.confirmed, one.cleared, one.value, one.low, one.only_watches)
            for one in precision_of_detectors(session)
        ]


@dataclass(frozen=True, slots=True)
class AuditView:
    """An intact chain; keep `head` outside, it has to be found again later."""

    rows: int
    head: str
    erased: int


@routes.get("/audit", tags=["audit"])
def get_audit(
    site: TheSite,
    who: Asking,
    expected_head: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="A head that was kept.")] = None,
) -> AuditView:
    """Walks the whole chain; 409 names the first row that does not fit, or says that the kept head is nowhere."""
    demand_role(who, Role.AUDITOR, Role.ADMIN, Role.PRIVACY)
    with site.store.reading() as session:
        found = verify(session, expected_head)
    return AuditView(found.rows, found.head, found.erased)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without its secret."""

    id: str
    person: str
    role: str
    vendor: str | None
    what_for: str
    created_ms: int
    expires_ms: int
    revoked_ms: int | None
    used_ms: int | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; the secret is shown this once."""

    id: str
    secret: str


class AskedToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom, and for how long."""

    person: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    role: Role
    what_for: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    days: Annotated[int, msgspec.Meta(ge=1, le=400)]
    vendor: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None


@routes.get("/tokens", tags=["tokens"])
def get_tokens(site: TheSite, who: Asking) -> Sequence[TokenView]:
    """All tokens, the newest first."""
    demand_role(who, Role.ADMIN)
    with site.store.reading() as session:
        return [_token(one) for one in list_tokens(session) if one.role != Role.RATER]


@routes.post("/tokens", tags=["tokens"], status_code=201, openapi_extra=struct_body(AskedToken))
def post_token(site: TheSite, who: Asking, body: RawBody) -> NewToken:
    """Makes a token."""
    demand_role(who, Role.ADMIN)
    asked = decoded(body, AskedToken)
    if asked.role not in _ROLES:
        raise Unmet("raters get links, not tokens; make one at the rater's case")
    try:
        person = Person(asked.person, asked.role, asked.vendor)
    except ValueError as error:
        raise BadRequest(f"body: {error}") from None
    with site.store.writing() as session:
        made = create_token(session, who, person, asked.what_for, asked.days, site.clock())
    return NewToken(made.id, made.secret)


@routes.delete("/tokens/{token_id}", tags=["tokens"])
def delete_token(site: TheSite, who: Asking, token_id: str) -> TokenView:
    """Ends a token, and the sessions that began with it."""
    demand_role(who, Role.ADMIN)
    with site.store.writing() as session:
        return _token(revoke_token(session, who, token_id, site.clock()))


def delivery_view(row: DeliveryRow) -> DeliveryView:
    """A delivery, for our own people."""
    return DeliveryView(
        id=row.id,
        case_id=row.case_id,
        vendor=row.vendor,
        what=row.what,
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        created_ms=row.created_ms,
        next_ms=row.next_ms,
        last_error=row.last_error,
    )


def _token(row: TokenRow) -> TokenView:
    return TokenView(
        id=row.id,
        person=row.person,
        role=row.role,
        vendor=row.vendor,
        what_for=row.what_for,
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
        revoked_ms=row.revoked_ms,
        used_ms=row.used_ms,
    )
