"""The list's filters as a form sends them: what was left empty means any."""

from typing import Annotated

from fastapi import Query

from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.store.reading import CaseFilter

_Text = Annotated[str, Query(max_length=128)]


def filter_of_form(  # noqa: PLR0913, PLR0917 (a parameter for each part of the filter)
    state: _Text = "",
    kind: _Text = "",
    vendor: _Text = "",
    queue: _Text = "",
    topic: _Text = "",
    rater: _Text = "",
    assignee: _Text = "",
    critical: _Text = "",
    over: _Text = "",
    due_before_ms: Annotated[str, Query(max_length=16)] = "",
) -> CaseFilter:
    """Words that are none of ours are ignored, as a form never sends them."""
    return CaseFilter(
        states=(state,) if state in set(CaseState) else (),
        ended=bool(over),
        kind=kind if kind in set(CaseKind) else None,
        vendor=vendor.strip() or None,
        queue=queue.strip() or None,
        detector=topic.strip() or None,
        rater_id=rater.strip() or None,
        assignee=assignee.strip() or None,
        critical=True if critical else None,
        due_before_ms=int(due_before_ms) if due_before_ms.isascii() and due_before_ms.isdigit() else None,
    )
