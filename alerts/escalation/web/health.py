"""For machines: is it alive, can it serve, and its metrics. Nothing in them is about a person."""

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse

from alerts.escalation.web.usage import CONTENT_TYPE
from alerts.escalation.web.who import TheSite

routes = APIRouter(include_in_schema=False)


@routes.get("/healthz")
def healthz() -> Response:
    """Alive: the process answers."""
    return PlainTextResponse("ok\n")


@routes.get("/readyz")
def readyz(site: TheSite) -> Response:
    """Ready: the database answers too."""
    try:
        with site.store.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("ok\n")


@routes.get("/metrics")
def metrics(site: TheSite) -> Response:
    """For Prometheus; counts only."""
    return Response(site.usage.page(site.store, site.clock()), headers={"Content-Type": CONTENT_TYPE})
