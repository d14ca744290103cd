"""The case service's database, as far as a person's own rights go; RATERWATCH_ESCALATION names its settings."""

import os
import time
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.cases.states import ENDED
from alerts.escalation.service import Service
from alerts.escalation.store.reading import appeals_of, comments_of, decisions_of, findings_of, history_of
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.work.erasing import erase_rater
from alerts.escalation.work.holding import hold_on
from stream.commands.case_holder import CaseHolder, Hold, NoCases
from stream.commands.escalation_options import opened_service
from stream.commands.terminal import note

SETTINGS = "RATERWATCH_ESCALATION"


def cases_of_the_deployment() -> CaseHolder:
    """The case service's, where the environment names its settings; otherwise none, and it is said."""
    settings = os.environ.get(SETTINGS)
    if settings:
        return StoredCases(Path(settings))
    note(f"No case service is looked at: {SETTINGS}=FILE names its settings.")
    return NoCases()


class StoredCases:
    """A CaseHolder. Each call opens the database anew: commands ask once."""

    def __init__(self, settings_file: Path) -> None:
        self._settings_file = settings_file

    def hold_on(self, rater_id: str) -> Hold | None:
        """The rater's cases that are not over: they may be the rater's own to appeal."""
        with opened_service(self._settings_file) as service, service.store.reading() as session:
            asked = select(CaseRow.id).where(CaseRow.rater_id == rater_id, CaseRow.state.not_in(ENDED))
            live = session.scalars(asked.order_by(CaseRow.id)).all()
            if (hold := hold_on(session, rater_id)) is not None:
                return Hold(f"a legal hold of {_moment(hold.began_ms)} stands ({hold.reason})")
        return (
            Hold(f"a case about this rater is not over ({', '.join(live)}); decide and close it first")
            if live
            else None
        )

    def erase(self, rater_id: str, *, by: str, reason: str) -> list[str]:  # noqa: ARG002 (the reason is in the order)
        """Erases it; what left the team before stays where it is."""
        with opened_service(self._settings_file) as service, service.store.writing() as session:
            done = erase_rater(session, Person(by, Role.PRIVACY), rater_id, service.clock())
        return [f"sent before, and kept by who received it: {what}" for what in done.out_of_reach]

    def tell(self, rater_id: str) -> dict[str, Any]:
        """Each case with all that was said in it."""
        with opened_service(self._settings_file) as service:
            return {case["id"]: case for case in _told(service, rater_id)}


def _told(service: Service, rater_id: str) -> list[dict[str, Any]]:
    with service.store.reading() as session:
        rows = session.scalars(select(CaseRow).where(CaseRow.rater_id == rater_id).order_by(CaseRow.opened_ms)).all()
        return [
            {
                "id": case.id,
                "queue": case.queue,
                "state": case.state,
                "said": case.said,
                "opened": _moment(case.opened_ms),
                "findings": [msgspec.json.decode(one.body) for one in findings_of(session, case) if one.body],
                "appeals": [
                    {"at": _moment(one.at_ms), "words": one.words, "state": one.state, "reply": one.reply}
                    for one in appeals_of(session, case)
                ],
                "decisions": [
                    {"at": _moment(one.at_ms), "verdict": one.verdict, "words": one.words}
                    for one in decisions_of(session, case)
                ],
                "words": [
                    {"at": _moment(one.at_ms), "words": one.words} for one in comments_of(session, case, ours=False)
                ],
                "history": [f"{_moment(one.at_ms)} {one.role}: {one.action}" for one in history_of(session, case)],
            }
            for case in rows
        ]


def _moment(at_ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms / 1_000))
