"""The lines of open findings: each with its rater, and their numbers by vendor, queue and detector."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from stream.events import Finding
from stream.telemetry import metrics
from stream.telemetry.lines import count_lines, label_text, sample_lines
from stream.telemetry.metrics import Metric
from stream.telemetry.standing import Shown


def finding_counts(findings: Iterable[Finding]) -> dict[Metric, bytes]:
    """Lines by metric: open findings, and raters who have one."""
    findings = list(findings)
    opened = Counter((found.vendor or "", found.queue, found.detector) for found in findings)
    raters = Counter((v, q) for v, q, _ in {(found.vendor or "", found.queue, found.rater_id) for found in findings})
    return {
        metrics.FINDINGS_OPEN: count_lines(metrics.FINDINGS_OPEN, opened),
        metrics.FLAGGED_RATERS: count_lines(metrics.FLAGGED_RATERS, raters),
    }


def suspect_lines(metric: Metric, values: Mapping[Shown, int]) -> bytes:
    """A line for each finding that has a series now; the metric says of what."""
    labels = [label_text(**found._asdict()) for found in values]
    return sample_lines(metric, labels, np.array(list(values.values()), "f8"))
