"""The ASGI applications: the door itself, and the side door for Prometheus and load balancers."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from stream.errors import RaterwatchError, Unavailable
from stream.intake.http.answers import of_error, trouble
from stream.intake.http.intake import Intake, Sent
from stream.intake.http.openapi import document
from stream.intake.http.refusal import Problem
from stream.intake.http.usage import CONTENT_TYPE
from stream.intake.readers.recognise import FORMATS, ROWS

JUDGMENTS: Final = "/v1/judgments"
LABEL_STUDIO: Final = "/v1/webhooks/label-studio"
OPENAPI: Final = "/v1/openapi.json"
_TRUTHS = {"1": True, "true": True, "0": False, "false": False}
_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def door(intake: Intake) -> Starlette:
    """What vendors and tools reach."""
    described = msgspec.json.encode(document())

    async def judgments(request: Request) -> Response:
        return await intake.take_batch(_batch(request))

    async def label_studio(request: Request) -> Response:
        _only(request, "queue", "question")
        return await intake.take_webhook(_sent(request))

    async def openapi(_: Request) -> Response:
        return Response(described, media_type="application/json")

    routes = [
        _route(intake, JUDGMENTS, "POST", judgments),
        _route(intake, LABEL_STUDIO, "POST", label_studio),
        _route(intake, OPENAPI, "GET", openapi),
        *_health(intake),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _elsewhere})


def side_door(intake: Intake) -> Starlette:
    """What our own machines reach: counts by token are not for other vendors' eyes."""

    async def metrics(_: Request) -> Response:
        return Response(intake.usage.page(), headers={"Content-Type": CONTENT_TYPE})

    routes = [_route(intake, "/metrics", "GET", metrics), *_health(intake)]
    return Starlette(routes=routes, exception_handlers={HTTPException: _elsewhere})


def _health(intake: Intake) -> list[Route]:
    async def healthz(_: Request) -> Response:
        return Response(msgspec.json.encode({"alive": True}), media_type="application/json")

    async def readyz(_: Request) -> Response:
        why = intake.health.why_not_ready()
        body = msgspec.json.encode({"ready": not why, "why": why})
        return Response(body, 503 if why else 200, media_type="application/json")

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _route(intake: Intake, path: str, method: str, handler: Handler) -> Route:
    async def answering(request: Request) -> Response:
        response = await _answer(handler, request)
        intake.usage.answered(path, response.status_code)
        return response

    return Route(path, answering, methods=[method])


async def _answer(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except ClientDisconnect:
        return trouble(400, "the client went away before the body was complete")
    except RaterwatchError as error:
        if not isinstance(error, Problem | Unavailable) and of_error(error).status_code >= 500:  # noqa: PLR2004
            _log.error("Kafka refuses what is sent: %s", error)
        return of_error(error)
    except Exception as error:  # noqa: BLE001 (its words may quote a body, and a body holds people's ids)
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        place = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
        _log.error("unforeseen %s at %s", type(error).__name__, place)
        return trouble(500, "something unforeseen happened here; nothing was acknowledged, the log says where")


async def _elsewhere(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = trouble(status, f"there is no such way in; {OPENAPI} describes all of them")
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


def _batch(request: Request) -> Sent:
    _only(request, "partial", "format", "queue", "question")
    sent, query = _sent(request), request.query_params
    partial, file_format = query.get("partial", "0"), query.get("format")
    if partial not in _TRUTHS:
        raise Problem(400, "partial is 1 or 0")
    if file_format is not None and file_format not in FORMATS[1:]:
        raise Problem(400, f"format is one of {', '.join(name for name in FORMATS if name != ROWS)}")
    if file_format is None and (sent.queue is not None or sent.question is not None):
        raise Problem(400, "queue and question belong to ?format=; our own records name their queue themselves")
    return sent._replace(partial=_TRUTHS[partial], format=file_format)


def _sent(request: Request) -> Sent:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return Sent(
        secret=secret.strip() if scheme.lower() == "bearer" else None,
        pieces=request.stream(),
        content_type=request.headers.get("content-type", ""),
        encoding=request.headers.get("content-encoding", ""),
        queue=request.query_params.get("queue"),
        question=request.query_params.get("question"),
    )


def _only(request: Request, *names: str) -> None:
    """A misspelt parameter would do nothing in silence."""
    for name, _ in request.query_params.multi_items():
        if name not in names:
            raise Problem(400, f"there is no such parameter; there are {', '.join(names)}")
