"""The HTTP application: API, desk, rater's page and health behind one set of limits, headers and errors."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware

from alerts.escalation.api.described import api_routes, describe
from alerts.escalation.desk.pages import desk_routes
from alerts.escalation.rater_page import pages as rater_page
from alerts.escalation.web import health
from alerts.escalation.web.error_page import error_page
from alerts.escalation.web.headers import SecureHeaders
from alerts.escalation.web.limits import BodyLimit
from alerts.escalation.web.problem import headers_of, problem, status_of
from alerts.escalation.web.site import Site
from stream.errors import RaterwatchError

_STYLE = "/static/desk.css"


def http_app(site: Site, session_key: str) -> FastAPI:
    """The whole application; `session_key` signs the short cookie of a sign-in through OIDC."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.state.site = site
    app.include_router(api_routes())
    app.include_router(health.routes)
    app.include_router(desk_routes())
    app.include_router(rater_page.routes)
    app.add_api_route(_STYLE, _style, include_in_schema=False)
    _errors(app)
    app.middleware("http")(_counted)
    app.add_middleware(
        SessionMiddleware,
        secret_key=session_key,
        session_cookie="raterwatch-sign-in",
        max_age=600,
        path="/sign-in",
        same_site="lax",  # the provider sends the browser back from another site
        https_only=site.is_https,
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(SecureHeaders, is_https=site.is_https)
    return app


def _errors(app: FastAPI) -> None:
    def on_purpose(request: Request, error: Exception) -> Response:
        assert isinstance(error, RaterwatchError)  # noqa: S101 (as it is registered)
        return _told(request, status_of(error), str(error), headers_of(error))

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        words = HTTPStatus(error.status_code).phrase if not error.detail else str(error.detail)
        return _told(request, error.status_code, words, dict(error.headers or {}))

    def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        return _told(request, 422, told, {})

    def database(request: Request, error: Exception) -> Response:  # noqa: ARG001 (its words may hold an address)
        return _told(request, 503, "the database does not answer now; try again", {"Retry-After": "2"})

    app.add_exception_handler(RaterwatchError, on_purpose)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(OperationalError, database)


def _told(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    if request.url.path.startswith("/api/"):
        return problem(status, detail, headers)
    return error_page(request, status, detail, headers)


async def _counted(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    began, status = time.perf_counter(), 500
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        endpoint = request.scope.get("endpoint")
        handler = f"{endpoint.__module__.rsplit('.', 1)[-1]}.{endpoint.__name__}" if endpoint else "none"
        site: Site = request.app.state.site
        site.usage.note(request.method, handler, status, time.perf_counter() - began)


def _style() -> Response:
    style = (files("alerts.escalation.desk") / "desk.css").read_text("utf-8")
    return Response(style, headers={"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=3600"})
