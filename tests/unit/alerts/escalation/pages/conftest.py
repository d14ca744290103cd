from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.unit.alerts.escalation.pages.sample import Sample, sample


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Sample]:
    with sample(tmp_path) as found:
        yield found


@pytest.fixture
def client(made: Sample) -> Iterator[TestClient]:
    with TestClient(made.app, follow_redirects=False) as found:
        yield found
