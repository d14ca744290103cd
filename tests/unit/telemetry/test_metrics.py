import re

import pytest

from stream.telemetry.metrics import METRICS, Kind, Metric

ALL = [pytest.param(metric, id=metric.name) for metric in METRICS.values()]


@pytest.mark.parametrize("metric", ALL)
def test_a_name_follows_prometheus(metric: Metric) -> None:
    assert re.fullmatch(r"raterwatch(_[a-z0-9]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == Kind.COUNTER)
    assert not metric.name.endswith(("_sum", "_count", "_bucket", "_ms", "_percent"))
    assert bool(metric.buckets) == (metric.kind == Kind.HISTOGRAM)


@pytest.mark.parametrize("metric", ALL)
def test_a_metric_says_how_to_read_it(metric: Metric) -> None:
    assert metric.unit
    assert metric.help.endswith(".")
    assert "\n" not in metric.help
    assert "\\" not in metric.help


@pytest.mark.parametrize("metric", ALL)
def test_only_series_that_are_bounded_on_purpose_name_a_rater(metric: Metric) -> None:
    per_rater = metric.name.startswith("raterwatch_rater_") and bool(metric.labels)
    assert ("rater" in metric.labels) == per_rater


def test_no_metric_of_care_names_a_person() -> None:
    care = [metric for metric in METRICS.values() if metric.name.startswith("raterwatch_care_")]
    assert len(care) == 2
    assert all(not {"rater", "locale", "site"} & set(metric.labels) for metric in care)
