"""The measured precision of each detector, from what people decided in cases and from blind re-judging."""

from collections import Counter

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
    results: dict[str, list[BlindResult]] = {}
    others: list[BlindResult] = []
    for sample in session.scalars(select(SampleRow).where(SampleRow.done_ms.is_not(None))):
        items = session.scalars(select(SampleItemRow).where(SampleItemRow.sample_id == sample.id)).all()
        judged = [item for item in items if item.judged is not None]
        one = BlindResult(sample.flagged, sum(_same(item) for item in judged), len(judged))
        if sample.flagged:
            results.setdefault(sample.detector or "", []).append(one)
        else:
            others.append(one)
    return {detector: blind_precision([*flagged, *others]) for detector, flagged in sorted(results.items())}


def _same(item: SampleItemRow) -> bool:
    """Sets are the same in whatever order they are written."""
    mine, theirs = (msgspec.json.decode(text or "null") for text in (item.label, item.judged))
    if isinstance(mine, list) and isinstance(theirs, list):
        return sorted(map(str, mine)) == sorted(map(str, theirs))
    return bool(mine == theirs)
