"""Pages from templates: everything escaped, in the reader's language and time zone."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from alerts.escalation.cases.roles import OF_A_VENDOR, Person
from alerts.escalation.said.catalogue import LANGUAGES, Tongue, negotiated, tongue
from alerts.escalation.said.words import WORDS
from alerts.escalation.web.site import site_of

LANGUAGE_COOKIE = "language"


def render(request: Request, name: str, person: Person | None = None, **values: Any) -> HTMLResponse:
    """The page. Templates see `t` (the tongue), `_` (a sentence), `word` (one of our words) and the values."""
    said = tongue_of(request, person)
    page = (
        _environment()
        .get_template(name)
        .render(
            _=said.text,
            t=said,
            word=lambda key: said.text(WORDS.get(key, key)),
            languages=LANGUAGES,
            here=request.url.path,
            person=person,
            **values,
        )
    )
    response = HTMLResponse(page)
    response.headers["Content-Language"] = said.language
    chosen = request.query_params.get("language")
    if chosen is not None and chosen in LANGUAGES:
        secure = site_of(request).is_https
        response.set_cookie(LANGUAGE_COOKIE, chosen, 31_536_000, secure=secure, httponly=True, samesite="strict")
    return response


def tongue_of(request: Request, person: Person | None) -> Tongue:
    """What was chosen on a page, else what the browser asks for; times as in the vendor's contract, ours in UTC."""
    contract = site_of(request).contracts.of(person.vendor if person and person.role in OF_A_VENDOR else None)
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES:
        chosen = negotiated(request.headers.get("accept-language", ""), contract.language)
    zone = contract.calendar.zone if person and person.role in OF_A_VENDOR else ZoneInfo("UTC")
    return tongue(chosen).in_zone(zone)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("alerts.escalation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
