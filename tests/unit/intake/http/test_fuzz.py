"""Whatever is sent, the intake never fails by itself, and what it answers is what its document says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stream.intake.http.application import door as door_app
from tests.unit.intake.http.door import Door, judgment, opened

TRUE = [content_type_conformance, response_schema_conformance, status_code_conformance]
OFTEN = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["judgment_id", "item_id", "rater_id", "queue", "vendor", "label", "submitted_at", "gold", "type"]
)
RECORDS = st.builds(lambda changes: judgment(**changes), st.dictionaries(FIELDS, JSON, max_size=3)) | JSON
ANNOTATIONS = st.dictionaries(
    st.sampled_from(["id", "result", "completed_by", "task", "created_at", "updated_at", "lead_time", "was_cancelled"]),
    JSON | st.just("2023-11-14T20:00:00Z") | st.just([{"from_name": "q", "value": {"choices": ["cat"]}}]),
)
EVENTS = st.fixed_dictionaries(
    {"action": st.sampled_from(["ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED"]) | JSON},
    optional={
        "annotation": ANNOTATIONS | st.lists(ANNOTATIONS, max_size=3) | JSON,
        "annotations": st.lists(ANNOTATIONS | JSON, max_size=3) | JSON,
        "task": JSON | st.fixed_dictionaries({"id": JSON, "data": JSON}),
    },
)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def ask(loop: asyncio.AbstractEventLoop, folder: Path, *calls: Any) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        async with opened(folder, limits="batch_records = 50") as door:
            return [await call(door) for call in calls]

    return loop.run_until_complete(run())


def test_no_body_makes_it_fail(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    kinds = st.sampled_from(["application/json", "application/x-ndjson", "text/plain"])
    seen: set[int] = set()

    @OFTEN
    @given(st.lists(RECORDS, max_size=5), st.binary(max_size=200), kinds, st.sampled_from(["gzip", "", "br"]))
    def tried(records: list[Any], noise: bytes, kind: str, encoding: str) -> None:
        headers = {"Content-Type": kind, "Content-Encoding": encoding}

        async def batch(door: Door) -> httpx.Response:
            return await door.post(records, params={"partial": "1"})

        async def raw(door: Door) -> httpx.Response:
            return await door.post(noise, headers=headers)

        async def export(door: Door) -> httpx.Response:
            return await door.post(noise, params={"format": "toloka", "queue": "images"})

        seen.update(answer.status_code for answer in ask(loop, tmp_path, batch, raw, export))

    tried()
    assert max(seen) < 500
    assert {200, 400, 415, 422} <= seen


def test_no_event_or_task_of_label_studio_makes_it_fail(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    seen: set[int] = set()

    @OFTEN
    @given(EVENTS, st.lists(JSON | st.fixed_dictionaries({"id": JSON, "data": JSON, "annotations": JSON}), max_size=3))
    def tried(event: dict[str, Any], tasks: list[Any]) -> None:
        async def hook(door: Door) -> httpx.Response:
            return await door.hook(event)

        async def export(door: Door) -> httpx.Response:
            return await door.post(tasks, params={"format": "label-studio", "queue": "images"})

        seen.update(answer.status_code for answer in ask(loop, tmp_path, hook, export))

    tried()
    assert max(seen) < 500
    assert {200, 422} <= seen


def test_its_document_tells_the_truth(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    async def make() -> Any:
        async with opened(tmp_path) as door:
            return door_app(door.intake)

    app = loop.run_until_complete(make())
    document = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    sent: list[int] = []

    def asked(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": "Bearer acme-secret"}
        answered = case.call()
        sent.append(answered.status_code)
        assert answered.status_code < 500
        case.validate_response(answered, checks=TRUE)

    operations: list[Any] = list(document.get_all_operations())
    for operation in (found.ok() for found in operations):
        OFTEN(given(case=operation.as_strategy())(asked))()
    assert 200 in sent
    assert len(sent) > 60


async def test_what_the_document_calls_a_judgment_is_taken(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        described = (await door.client.get("/v1/openapi.json")).json()
        needed = described["components"]["schemas"]["Judgment"]["required"]
        assert described["openapi"].startswith("3.1")
        assert (await door.post({name: judgment()[name] for name in (*needed, "label")})).is_success
        lacking = await door.post({name: judgment()[name] for name in (*needed[1:], "label")})
        assert lacking.json()["refused"][0]["reason"] == "missing_field"
