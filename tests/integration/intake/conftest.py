from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack.local import LocalStack
from tests.intake_process import Nursery
from tests.integration.intake.place import Place


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with LocalStack(tmp_path_factory.mktemp("intake") / "stack", redis=False) as stack:
        yield stack


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture
def at(
    stack: LocalStack,
    nursery: Nursery,
    tmp_path: Path,
    unique_name: Callable[[str], str],
    request: pytest.FixtureRequest,
) -> Iterator[Place]:
    """Its parameter, where it has one, is how many seconds a client waits for Kafka."""
    place = Place(stack.kafka, nursery, tmp_path / "intake", unique_name("judgments"), getattr(request, "param", 8.0))
    try:
        place.intake.start()
        place.intake.wait_until_ready()
        yield place
    finally:
        place.intake.stop()
