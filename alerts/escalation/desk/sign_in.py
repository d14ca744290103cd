"""Sign in with a token, a link or the company's account, and sign out."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from alerts.escalation.errors import NotThere
from alerts.escalation.store.sessions import begin_session, end_session, sign_in_with_token
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import SignInFirst, TooMany
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render
from alerts.escalation.web.who import Desk, TheSite, address_of, cookie_name, demand_form, demand_own_site

routes = APIRouter(include_in_schema=False)
_TOKEN_CHARS = 200


@routes.get("/")
def home() -> Response:
    """The list of cases, or on the way there the sign-in."""
    return RedirectResponse("/cases", 303)


@routes.get("/sign-in")
def get_sign_in(site: TheSite, request: Request, token: str = "") -> Response:
    """The form. A link brings its token along, and nothing happens before somebody presses the button."""
    return render(request, "sign_in.html", token=token[:_TOKEN_CHARS], refused=False, oidc=site.oidc is not None)


@routes.post("/sign-in")
def post_sign_in(site: TheSite, request: Request, form: Form) -> Response:
    """Begins a session."""
    demand_own_site(request)
    now_ms = site.clock()
    wait_s = site.rate.wait_s(f"sign-in {address_of(request)}", now_ms)
    if wait_s:
        raise TooMany(wait_s)
    secret = str(form.get("token", ""))[:_TOKEN_CHARS].strip()
    with site.store.writing() as session:
        cookie = sign_in_with_token(session, secret, site.session_minutes, now_ms)
    if cookie is None:
        refused = render(request, "sign_in.html", token="", refused=True, oidc=site.oidc is not None)
        refused.status_code = 401
        return refused
    return _with_cookie(site, RedirectResponse("/cases", 303), cookie)


@routes.get("/sign-in/account")
async def get_account(site: TheSite, request: Request) -> Response:
    """To the company's own sign-in page."""
    if site.oidc is None:
        raise NotThere("no company accounts are set up here; sign in with a token")
    return await site.oidc.send_away(request, f"{site.address}/sign-in/back")


@routes.get("/sign-in/back")
async def get_back(site: TheSite, request: Request) -> Response:
    """Back from there. The page leads on by itself: a redirect would still count as the other site's."""
    if site.oidc is None:
        raise NotThere("no company accounts are set up here; sign in with a token")
    person = await site.oidc.person(request)
    if person.vendor is None and person.role.startswith("vendor"):
        raise SignInFirst("this group's role belongs to a vendor; name it in the settings")
    with site.store.writing() as session:
        cookie = begin_session(session, person, site.session_minutes, site.clock())
    return _with_cookie(site, render(request, "signed_in.html", person), cookie)


@routes.post("/sign-out")
def post_sign_out(site: TheSite, who: Desk, request: Request, form: Form) -> Response:
    """Ends the session here and in the database."""
    demand_form(str(form.get("csrf", "")), who)
    with site.store.writing() as session:
        end_session(session, request.cookies.get(cookie_name(site), ""))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(site), secure=site.is_https, httponly=True, samesite="strict")
    return response


def _with_cookie(site: Site, response: Response, cookie: str) -> Response:
    response.set_cookie(
        cookie_name(site),
        cookie,
        max_age=site.session_minutes * 60,
        secure=site.is_https,
        httponly=True,
        samesite="strict",
    )
    return response
