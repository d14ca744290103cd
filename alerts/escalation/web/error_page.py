"""An error as a page that a person can read and go on from; without a session it leads to the sign-in."""

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from alerts.escalation.web.templates import render

_UNAUTHORIZED = 401


def error_page(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    """The page, in the reader's language as far as the words are from the catalogue."""
    if status == _UNAUTHORIZED and request.method == "GET" and not request.url.path.startswith("/sign-in"):
        return RedirectResponse("/sign-in", 303)
    response = render(request, "error.html", status=status, detail=detail)
    response.status_code = status
    response.headers.update({name: value for name, value in headers.items() if name != "WWW-Authenticate"})
    return response
