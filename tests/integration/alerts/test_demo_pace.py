"""The same way at the demo's pace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.demo.alerting import DEMO_PACE
from tests.integration.alerts.scene import Scene, scene
from tests.integration.alerts.tipping import QUEUES, seconds_to_message, tell, tip

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, DEMO_PACE, *QUEUES) as made:
        yield made


def test_a_message_names_each_rater_within_seconds(demo: Scene) -> None:
    took = sorted(seconds_to_message(demo, tip(demo)))
    tell("demo", took)
    assert len(took) >= 20
