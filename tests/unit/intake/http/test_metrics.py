import re
from pathlib import Path

import pytest

from stream.intake.http.metrics import METRICS
from stream.telemetry import metrics as of_the_worker
from stream.telemetry.metrics import Kind, Metric
from tests.unit.intake.http.door import Door, judgment, opened

ALL = [pytest.param(metric, id=metric.name) for metric in METRICS.values()]


@pytest.mark.parametrize("metric", ALL)
def test_a_metric_follows_prometheus_and_names_no_person(metric: Metric) -> None:
    assert re.fullmatch(r"raterwatch_intake(_[a-z0-9]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == Kind.COUNTER)
    assert bool(metric.buckets) == (metric.kind == Kind.HISTOGRAM)
    assert metric.unit
    assert metric.help.endswith(".")
    assert "rater" not in metric.labels
    assert metric.name not in of_the_worker.METRICS


async def page(door: Door) -> str:
    return (await door.side.get("/metrics")).text


async def test_what_happened_is_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await door.post([judgment(), judgment(vendor="zenith"), judgment(judgment_id="j2")], params={"partial": "1"})
        await door.post([judgment(queue="no-such")])
        await door.post([judgment()], secret="wrong")
        door.producer.down = True
        await door.post([judgment()])
        found = await page(door)
        for line in (
            'raterwatch_intake_records_total{token="acme",type="judgment"} 2.0',
            'raterwatch_intake_refused_records_total{reason="other_vendor",token="acme"} 1.0',
            'raterwatch_intake_refused_records_total{reason="other_queue",token="acme"} 1.0',
            'raterwatch_intake_batches_total{result="partial",token="acme"} 1.0',
            'raterwatch_intake_batches_total{result="refused",token="acme"} 1.0',
            'raterwatch_intake_batches_total{result="unavailable",token="acme"} 1.0',
            'raterwatch_intake_requests_total{path="/v1/judgments",status="401"} 1.0',
            "raterwatch_intake_in_flight_batches 0.0",
            "raterwatch_intake_ready 0.0",
            'raterwatch_intake_token_expires_timestamp_seconds{token="acme"} 1.7000864e+09',
        ):
            assert line in found.splitlines()
        assert "raterwatch_intake_acknowledged_seconds_count 2.0" in found


async def test_every_metric_that_is_declared_is_exported_and_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        found = await page(door)
        named = set(re.findall(r"^# TYPE (raterwatch_\w+)", found, re.MULTILINE))
        assert named == set(METRICS)


async def test_metrics_are_not_served_at_the_door(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        assert (await door.client.get("/metrics")).status_code == 404
        assert (await door.side.get("/healthz")).json() == {"alive": True}
        assert (await door.client.put("/v1/judgments")).status_code == 405


async def test_what_nobody_foresaw_is_answered_and_logged_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as door:

        def broken() -> int:
            raise RuntimeError("worker-17")

        door.intake.clock_ms = broken
        answer = await door.post(judgment())
        assert answer.status_code == 500
        assert "worker-17" not in answer.text + caplog.text
        assert "RuntimeError" in caplog.text
