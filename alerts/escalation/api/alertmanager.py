"""Alertmanager's webhook: alerts about queues and vendors become cases, each once however often it is sent."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from alerts.escalation.api.schemas import struct_body
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.problem import SignInFirst, TooMany
from alerts.escalation.web.who import TheSite, address_of
from alerts.escalation.work.take_alerts import Payload, take_alerts

routes = APIRouter(tags=["alertmanager"])
_BEARER = HTTPBearer(auto_error=False, scheme_name="Alertmanager", description="The token of the settings' file.")


@dataclass(frozen=True, slots=True)
class Taken:
    """How many cases the payload opened or joined."""

    cases: int


@routes.post("/alertmanager", openapi_extra=struct_body(Payload))
def post_alerts(
    site: TheSite,
    request: Request,
    body: RawBody,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Taken:
    """Takes a payload of version 4. Answers only once it is stored, so that Alertmanager sends it again otherwise."""
    wait_s = site.rate.wait_s(f"alertmanager {address_of(request)}", site.clock())
    if wait_s:
        raise TooMany(wait_s)
    given, wanted = credentials.credentials if credentials else "", site.alertmanager_token
    if wanted is None or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise SignInFirst("this token is not that of http.alertmanager_token_file")
    payload = decoded(body, Payload)
    with site.store.writing() as session:
        rows = take_alerts(session, site.contracts, payload, site.clock())
        return Taken(len({row.id for row in rows}))
