"""From a tool's export to the first finding: the same crowd, whichever tool collected its answers."""

import msgspec
import pytest

from stream.backtest.run import Plan, run
from stream.backtest.sources import Sources, declare_queues, reading_after, survey_all
from stream.intake.settings_control import payload_of
from stream.intake.table import Reading
from tests.unit.backtest.test_run import crowd
from tests.unit.intake.readers.crowd_exports import WRITERS
from tests.unit.intake.readers.exporting import UTC

# A job of CVAT holds the answers of one person only.
TOOLS = [name for name in WRITERS if name != "cvat"]


@pytest.fixture(scope="module")
def collected():
    """Twelve raters, one of whom always gives the same answer; no known answers, which few tools have."""
    return [
        msgspec.structs.replace(event, label="b" if event.rater_id == "r1" else event.label, gold=None)
        for event in crowd(900, seed=7)
    ]


@pytest.mark.parametrize("name", TOOLS)
def test_the_constant_rater_is_found_and_nobody_else(tmp_path, collected, name):
    write, file = WRITERS[name]
    write(tmp_path / file, collected)
    reading = Reading(**UTC, question="answer" if name == "label-studio-min" else None)
    found = survey_all([str(tmp_path / file)], reading)
    sources = Sources((str(tmp_path / file),), reading_after(found, reading), in_time_order=not found.in_order)
    payload = msgspec.structs.replace(payload_of(declare_queues(found)), accept_raw_ids=True)
    result = run(sources, payload, Plan())

    assert found.judgments == len(collected) == result.records
    assert {finding.rater_id for finding in result.findings if finding.event == "opened"} == {"r1"}
