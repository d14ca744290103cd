"""What a list of cases can be narrowed to, in an address."""

from typing import Annotated

from fastapi import Query

from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.store.reading import CaseFilter

_Name = Annotated[str | None, Query(max_length=128)]
_MOMENT_MAX = 2**53


def narrowed_by(  # noqa: PLR0913, PLR0917 (a parameter for each part of the filter)
    state: Annotated[list[CaseState] | None, Query()] = None,
    ended: Annotated[bool | None, Query(description="Only those that are over, or (default) only those not.")] = None,
    kind: CaseKind | None = None,
    vendor: _Name = None,
    queue: _Name = None,
    topic: Annotated[str | None, Query(max_length=64, description="The finding's kind, or the alert's name.")] = None,
    rater: _Name = None,
    assignee: _Name = None,
    critical: bool | None = None,  # noqa: FBT001 (part of the address)
    due_before_ms: Annotated[int | None, Query(ge=0, le=_MOMENT_MAX)] = None,
) -> CaseFilter:
    """The filter of an address."""
    return CaseFilter(
        states=tuple(one.value for one in state or ()),
        ended=bool(ended),
        kind=kind.value if kind else None,
        vendor=vendor,
        queue=queue,
        detector=topic,
        rater_id=rater,
        assignee=assignee,
        critical=critical,
        due_before_ms=due_before_ms,
    )
