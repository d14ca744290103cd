"""Forms, read before the handler runs, so that the handler may wait for the database in a thread."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

_FIELDS = 300  # a page of cases to clear has the most


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=_FIELDS)


Form = Annotated[FormData, Depends(_form)]
