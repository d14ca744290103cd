"""The API as one router, and its OpenAPI document."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from alerts.escalation.api import alertmanager, cases, desk_tools, scorecards, truth
from alerts.escalation.web.problem import MEDIA_TYPE

PREFIX = "/api/v1"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do next."},
    },
}
# What any route may answer with beside its own answer.
_ERRORS = {
    400: "Not HTTP that can be read.",
    401: "No token, or one that does not hold.",
    403: "Not for this role.",
    404: "Not there, or not yours to see.",
    409: "Not possible in this state; the detail names what is.",
    413: "The body is too large.",
    422: "Something in the request is missing or wrong, or has to come first.",
    429: "Too many requests; see Retry-After.",
}


def api_routes() -> APIRouter:
    """Every route of the API."""
    routes = APIRouter(prefix=PREFIX)
    for part in (cases, scorecards, desk_tools, truth, alertmanager):
        routes.include_router(part.routes)
    return routes


def describe(app: FastAPI) -> dict[str, Any]:
    """The document: routes as FastAPI knows them, and the one form of all errors."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="raterwatch escalation",
            version="1",
            openapi_version="3.1.0",
            description="Cases about raters, queues and vendors: read, answered, appealed and decided by people.",
            routes=app.routes,
        )
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, told in _ERRORS.items():
                    operation["responses"][str(status)] = {
                        "description": told,
                        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    }
        app.openapi_schema = document
    return app.openapi_schema
