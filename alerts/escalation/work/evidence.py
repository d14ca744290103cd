"""The evidence of a case, as its findings carried it: what a vendor and a rater may see of it, and what only we do."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from alerts.escalation.store.tables import FindingRow
from stream.events import Finding


class ShownItem(NamedTuple):
    """A judgment as the vendor and the rater see it. Nothing says whether the item was a test, nor what is right."""

    item_id: str
    label: str | int | list[str] | None
    at_ms: int
    others: int  # how many other raters judged it
    others_same: int | None  # how many of them said the same, about; None without others
    duration_ms: int | None


def shown_items(finding: FindingRow) -> list[ShownItem]:
    """The items behind a finding, in its own order."""
    event = event_of(finding)
    return [
        ShownItem(
            one.item_id,
            one.label,
            one.at,
            one.peers,
            None if one.peers_agree is None else round(one.peers * one.peers_agree),
            one.duration_ms,
        )
        for one in (event.evidence if event else [])
    ]


def items_of(findings: Sequence[FindingRow]) -> set[str]:
    """The ids of all items behind these findings."""
    return {item.item_id for finding in findings for item in shown_items(finding)}


def event_of(finding: FindingRow) -> Finding | None:
    """The finding as topic `findings` told it; None once it was erased."""
    return msgspec.json.decode(finding.body, type=Finding) if finding.body else None
