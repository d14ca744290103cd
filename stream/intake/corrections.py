"""The rare events that are no judgments: gold, adjudication, retraction, verdict; one row each, without hurry."""

import numpy as np
import xxhash

from stream.events import Adjudication, Gold, Label, Retraction, Verdict
from stream.intake.columns import CLOCK_AHEAD_MS, guideline_hash
from stream.intake.directory import Directory
from stream.intake.moments import to_ms
from stream.intake.partition import partition_of
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.reasons import Reason
from stream.quality.schema import Op

Correction = Gold | Adjudication | Retraction | Verdict

_OPS = {Gold: Op.GOLD, Adjudication: Op.ADJUDICATION, Retraction: Op.RETRACTION, Verdict: Op.VERDICT}


def fill_correction(row: np.void, event: Correction, directory: Directory, destinations: int) -> Reason | None:
    """Fills a RECORD row whose `log_ms` is set; answers why the event is refused instead, if it is."""
    queue_row = directory.row(event.queue)
    if queue_row < 0:
        return Reason.UNKNOWN_QUEUE
    at_ms = to_ms(event.at)
    if isinstance(at_ms, Reason):
        return at_ms
    if at_ms >= row["log_ms"] + CLOCK_AHEAD_MS:
        return Reason.CLOCK_AHEAD
    row["op"], row["queue"], row["submitted_ms"] = _OPS[type(event)], queue_row, at_ms
    if isinstance(event, Retraction | Verdict):
        return _fill_rater(row, event, directory, destinations)
    row["revision"], row["guideline"] = event.revision, guideline_hash(event.guideline)
    row["random"] = isinstance(event, Adjudication) and event.sampling == "random"
    return _fill_known(row, event.label, queue_row, directory)


def _fill_rater(row: np.void, event: Retraction | Verdict, directory: Directory, destinations: int) -> Reason | None:
    if not directory.accept_raw_ids and not looks_like_pseudonym(event.rater_id):
        return Reason.RAW_RATER_ID
    row["rater"] = xxhash.xxh3_64_intdigest(event.rater_id.encode())
    if directory.has_forgotten(int(row["rater"])):
        return Reason.FORGOTTEN
    row["destination"] = partition_of(event.rater_id, destinations)
    if isinstance(event, Retraction):
        row["judgment"] = xxhash.xxh3_64_intdigest(event.judgment_id.encode())
    return None


def _fill_known(row: np.void, label: Label | None, queue_row: int, directory: Directory) -> Reason | None:
    if label is None:
        return None
    code = directory.queues[queue_row].code(label)
    if isinstance(code, Reason):
        return code
    if directory.is_other(np.array([code]), np.array([queue_row]))[0]:
        return Reason.UNKNOWN_LABEL  # "other" cannot tell right from wrong
    row["known"], row["has_known"] = code, 1
    return None
