"""Forms, read before the handler runs, so that the handler may wait for the database in a thread."""

import re
from typing import Annotated

import msgspec
from fastapi import Depends, Request
from starlette.datastructures import FormData

from alerts.escalation.web.problem import BadRequest

_FIELDS = 300  # a page of cases to clear has the most
_FIELD = re.compile(r"`(?:\$\.)?([a-z_]+)")  # as msgspec names it


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=_FIELDS)


Form = Annotated[FormData, Depends(_form)]


def unreadable_form(error: msgspec.ValidationError) -> BadRequest:
    """What a page says of a form with something missing or wrong in it: which field."""
    found = _FIELD.search(str(error))
    if found is None:
        return BadRequest("the form cannot be read; load the page again", code="unreadable")
    return BadRequest("the form is not complete: look at “{field}”", code="unreadable", field=found[1])
