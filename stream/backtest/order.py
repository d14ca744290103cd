"""Puts what stage 2 is about to apply into the order of the file, whichever partition it came from."""

import msgspec
import numpy as np

from stream.stages.raters_work import RaterWork


def in_file_order(work: RaterWork) -> RaterWork:
    """The same outcomes sorted by (offset, part), where offsets number the file's records over all partitions.

    Kafka keeps no order between partitions; this is the one it comes to when each judgment is committed by itself. So
    what is known at a rater's n-th judgment holds nothing from later in the file, however batches are cut.
    """
    order = np.lexsort((work.rows["part"], work.rows["offset"]))
    rows, key_of_row = work.rows[order], work.key_of_row[order]
    _, first_row = np.unique(key_of_row, return_index=True)
    ruled = sorted(work.verdicts, key=lambda placed: placed[1].offset)
    verdicts = [(int(np.searchsorted(rows["offset"], note.offset)), note) for _, note in ruled]
    news = sorted(work.notes, key=lambda placed: placed[1].offset)
    notes = [(int(np.searchsorted(rows["offset"], note.offset, side="right")), note) for _, note in news]
    meetings, place = work.meetings.copy(), np.empty(len(order), "i4")
    place[order] = np.arange(len(order), dtype="i4")
    meetings["row"] = place[meetings["row"]]
    meetings = meetings[np.argsort(meetings["row"], kind="stable")]
    return msgspec.structs.replace(
        work, rows=rows, meetings=meetings, key_of_row=key_of_row, first_row=first_row, verdicts=verdicts, notes=notes
    )
