"""Reads and exports of rater data leave a row in the audit, in a transaction of their own, before anything is shown."""

from collections.abc import Mapping

from alerts.escalation.cases.roles import Person
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.web.site import Site

READS = frozenset({"read_case", "read_list", "export", "read_own_page"})


def note_read(
    site: Site,
    who: Person,
    what: str,
    case_id: str | None = None,
    facts: Mapping[str, str | int | float | bool | None] | None = None,
) -> None:
    """Keeps who looked at what, and when."""
    with site.store.writing() as session:
        record(session, Entry(site.clock(), who, what, case_id, facts=facts or {}))
