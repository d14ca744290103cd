"""The measured precision of each detector, from what people decided in cases and from blind re-judging."""

from collections import Counter, defaultdict
from typing import NamedTuple

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.precision import BlindPrecision, BlindResult, Precision, blind_precision
from alerts.escalation.cases.states import CaseKind, FindingState
from alerts.escalation.store.tables import CaseRow, DecisionRow, SampleItemRow, SampleRow


def precision_of_detectors(session: Session) -> list[Precision]:
    """By name; of a finding that was decided more than once only the last decision counts."""
    last = select(func.max(DecisionRow.id)).where(DecisionRow.finding_id.is_not(None)).group_by(DecisionRow.finding_id)
    asked = (
        select(DecisionRow.detector, DecisionRow.verdict, func.count())
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(DecisionRow.id.in_(last), CaseRow.kind == CaseKind.RATER)
        .group_by(DecisionRow.detector, DecisionRow.verdict)
    )
    counts = Counter({(detector, verdict): n for detector, verdict, n in session.execute(asked)})
    return [
        Precision(detector, counts[detector, FindingState.CONFIRMED], counts[detector, FindingState.CLEARED])
        for detector in sorted({detector for detector, _ in counts})
    ]


def watching_detectors(session: Session) -> set[str]:
    """Detectors that were wrong so often that they open no cases."""
    return {one.detector for one in precision_of_detectors(session) if one.only_watches}


def blind_of_detectors(session: Session) -> dict[str, BlindPrecision]:
    """What blind re-judging says of each detector, against raters of the same queues who were not flagged."""
    # Few pairs of answers, each counted by the database: a set is the same in whatever order it is written, which it
    # cannot tell.
    pair = (SampleRow.id, SampleRow.detector, SampleRow.flagged, SampleItemRow.label, SampleItemRow.judged)
    asked = (
        select(*pair, func.count())
        .join(SampleItemRow, SampleItemRow.sample_id == SampleRow.id)
        .where(SampleRow.done_ms.is_not(None), SampleItemRow.judged.is_not(None))
        .group_by(*pair)
    )
    same, judged = Counter[_Sample](), Counter[_Sample]()
    for name, detector, flagged, label, again, n in session.execute(asked):
        sample = _Sample(name, detector or "", flagged)
        judged[sample] += n
        same[sample] += n * _same(label, again)
    found = [(one.detector, BlindResult(one.flagged, same[one], n)) for one, n in sorted(judged.items())]
    others = [result for _, result in found if not result.flagged]
    flagged_by: defaultdict[str, list[BlindResult]] = defaultdict(list)
    for detector, result in found:
        if result.flagged:
            flagged_by[detector].append(result)
    return {detector: blind_precision([*flagged, *others]) for detector, flagged in sorted(flagged_by.items())}


class _Sample(NamedTuple):
    id: str
    detector: str
    flagged: bool


def _same(label: str, again: str | None) -> bool:
    mine, theirs = msgspec.json.decode(label), msgspec.json.decode(again or "null")
    if isinstance(mine, list) and isinstance(theirs, list):
        return sorted(map(str, mine)) == sorted(map(str, theirs))
    return bool(mine == theirs)
