"""Who asks: a bearer token of the API, a session of the desk. One place each, so that no route can forget it."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from alerts.escalation.cases.roles import OF_A_VENDOR, READERS, Person, Role
from alerts.escalation.errors import NotThere, WrongRole
from alerts.escalation.store.sessions import SignedIn, find_session
from alerts.escalation.store.tokens import token_of
from alerts.escalation.web.problem import SignInFirst, TooMany
from alerts.escalation.web.site import Site, site_of

_BEARER = HTTPBearer(auto_error=False, description="A token made with `raterwatch tokens create`.")
_USED_EVERY_MS = 60_000


def bearer(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    site: Annotated[Site, Depends(site_of)],
) -> Person:
    """The person of the request's token. Raises SignInFirst, or TooMany."""
    now_ms = site.clock()
    if credentials is None:
        _slow_down(site, f"address {address_of(request)}", now_ms)
        raise SignInFirst("send a token: Authorization: Bearer rw_…")
    with site.store.reading() as session:
        row = token_of(session, credentials.credentials, now_ms)
        stale = row is not None and row in session.dirty
        session.expunge_all()
    # A rater's link is signed and opens the rater's page only: without its signature it opens nothing here.
    if row is None or row.role == Role.RATER:
        _slow_down(site, f"address {address_of(request)}", now_ms)
        raise SignInFirst("this token does not hold; make a new one with `raterwatch tokens create`")
    _slow_down(site, row.id, now_ms)
    if stale:
        with site.store.writing() as session:
            token_of(session, credentials.credentials, now_ms)
    return Person(row.person, Role(row.role), row.vendor, row.rater_id)


def signed_in(request: Request, site: Annotated[Site, Depends(site_of)]) -> SignedIn:
    """The session of the request's cookie. Raises SignInFirst, or TooMany."""
    now_ms, cookie = site.clock(), request.cookies.get(cookie_name(site))
    if cookie is not None:
        with site.store.reading() as session:
            found = find_session(session, cookie, now_ms)
        if found is not None:
            _slow_down(site, f"session {found.csrf}", now_ms)
            return found
    _slow_down(site, f"address {address_of(request)}", now_ms)
    raise SignInFirst("sign in first")


def demand_form(form_csrf: str, who: SignedIn) -> None:
    """Raises WrongRole for a form that our own page did not make."""
    if not hmac.compare_digest(form_csrf.encode(), who.csrf.encode()):
        raise WrongRole("this form is from an older session; load the page again and repeat what you did")


def demand_own_site(request: Request) -> None:
    """Raises WrongRole for a form that a page of another site sent. Browsers say so themselves."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise WrongRole("this form was sent from another site; open the page here and send it again")


def demand_role(who: Person, *roles: Role) -> None:
    """Raises WrongRole, or NotThere for those of a vendor: to them our own things look as if there were none."""
    if who.role in roles:
        return
    if who.role in OF_A_VENDOR:
        raise NotThere("there is nothing here for you")
    raise WrongRole(f"this is not for the role {who.role}; it is for: {', '.join(sorted(roles))}")


def demand_reader(who: Person) -> None:
    """Raises WrongRole for those who see no cases at all: engineers, and the wellness role."""
    if who.role not in READERS and who.role is not Role.VENDOR_LEAD:
        raise WrongRole(f"the role {who.role} sees no cases and no raters")


def cookie_name(site: Site) -> str:
    """The prefix makes browsers insist on HTTPS, this host and the whole path."""
    return "__Host-raterwatch" if site.is_https else "raterwatch"


def address_of(request: Request) -> str:
    """Where the request came from, for limits only."""
    return request.client.host if request.client else "unknown"


def _slow_down(site: Site, caller: str, now_ms: int) -> None:
    wait_s = site.rate.wait_s(caller, now_ms)
    if wait_s:
        raise TooMany(wait_s)


Asking = Annotated[Person, Depends(bearer)]
Desk = Annotated[SignedIn, Depends(signed_in)]
TheSite = Annotated[Site, Depends(site_of)]
