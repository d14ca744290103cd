import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from stream.intake.http.body import read_body
from stream.intake.http.bounds import Bounds
from stream.intake.http.gate import Busy, Gate
from stream.intake.http.refusal import Problem
from tests.unit.intake.http.door import ALL_RIGHTS, Door, judgment, opened, token


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def read(*parts: bytes, encoding: str = "", most: int = 1_000_000, seconds: float = 5) -> bytes:
    return await read_body(pieces(*parts), encoding, Gate(Bounds()).enter(), most, seconds)


async def test_a_body_comes_in_pieces_packed_or_not() -> None:
    packed = gzip.compress(b"abc") + gzip.compress(b"def")
    assert await read(b"ab", b"c") == b"abc"
    assert await read(*(packed[at : at + 1] for at in range(len(packed))), encoding="GZIP") == b"abcdef"


@pytest.mark.parametrize(
    ("parts", "encoding", "status"),
    [
        ((b"x" * 600, b"x" * 600), "", 413),
        ((gzip.compress(bytes(500_000)),), "gzip", 413),
        ((gzip.compress(b"abc")[:-3],), "gzip", 400),
        ((b"no gzip",), "gzip", 400),
        ((b"x",), "br", 415),
    ],
)
async def test_a_body_beyond_its_bounds_is_refused(parts: tuple[bytes, ...], encoding: str, status: int) -> None:
    with pytest.raises(Problem) as refused:
        await read(*parts, encoding=encoding, most=1_000)
    assert refused.value.status == status


async def test_a_gzip_bomb_is_never_unpacked_beyond_the_bound() -> None:
    gate = Gate(Bounds())
    with pytest.raises(Problem):
        await read_body(pieces(gzip.compress(bytes(50_000_000))), "gzip", gate.enter(), 100_000, 5)
    assert gate.bytes == 0


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()

    with pytest.raises(Problem) as refused:
        await read_body(stalled(), "", Gate(Bounds()).enter(), 100, 0.01)
    assert refused.value.status == 408


def test_the_gate_counts_batches_and_bytes_until_they_leave() -> None:
    gate = Gate(Bounds(in_flight_batches=2, in_flight_bytes=2_000))
    one, other = gate.enter(), gate.enter()
    with pytest.raises(Busy):
        gate.enter()
    one.grow(1_500)
    with pytest.raises(Busy):
        other.grow(501)
    one.leave()
    one.leave()
    assert (gate.batches, gate.bytes) == (1, 0)
    other.grow(2_000)


async def under_way(door: Door, **record: object) -> "asyncio.Task[object]":
    door.producer.holding = True
    before = len(door.records)
    task = asyncio.create_task(door.post(judgment(**record)))
    while len(door.records) == before:  # noqa: ASYNC110 (the producer in memory tells nobody)
        await asyncio.sleep(0)
    return task


async def test_beyond_the_batches_in_flight_senders_are_told_when_to_come_again(tmp_path: Path) -> None:
    async with opened(tmp_path, limits="in_flight_batches = 1") as door:
        first = await under_way(door)
        refused = await door.post(judgment(judgment_id="j2"))
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert len(door.records) == 1
        door.producer.release()
        assert (await first).status_code == 200  # type: ignore[attr-defined]
        assert (await door.post(judgment(judgment_id="j2"))).status_code == 200
        assert (door.intake.gate.batches, door.intake.gate.bytes) == (0, 0)


async def test_beyond_the_bytes_in_flight_too(tmp_path: Path) -> None:
    async with opened(tmp_path, limits="in_flight_bytes = 1024") as door:
        batch = [judgment(judgment_id=f"j{n}") for n in range(20)]
        assert (await door.post(batch)).status_code == 429
        assert (await door.post(batch[:2])).status_code == 200


async def test_when_kafka_is_away_nothing_is_acknowledged(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        door.producer.down = True
        answer = await door.post(judgment())
        assert answer.status_code == 503
        assert "send the same again" in answer.json()["detail"]
        assert answer.headers["Retry-After"]
        assert (await door.client.get("/readyz")).status_code == 503
        door.producer.down = False
        assert (await door.post(judgment())).status_code == 200
        assert (await door.client.get("/readyz")).status_code == 200


async def test_a_batch_that_kafka_keeps_waiting_is_told_503_and_keeps_its_place(tmp_path: Path) -> None:
    async with opened(tmp_path, limits="kafka_seconds = 0.05") as door:
        first = await under_way(door)
        assert (await first).status_code == 503  # type: ignore[attr-defined]
        assert door.intake.gate.batches == 1
        door.producer.release()
        await door.intake.sender.settled()
        assert door.intake.gate.batches == 0


async def test_more_records_or_bytes_than_are_taken_at_once_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path, limits="batch_records = 2\nbody_bytes = 2048") as door:
        assert (await door.post([judgment()] * 3)).status_code == 413
        assert (await door.lines(*[judgment()] * 3)).status_code == 413
        assert (await door.lines(*[b""] * 50)).status_code == 413
        assert (await door.post([judgment(site="x" * 1_000)] * 2)).status_code == 413
        assert (await door.post([judgment()] * 2)).status_code == 200
        assert len(door.records) == 2


async def test_a_token_that_sends_too_much_waits_and_no_other_does(tmp_path: Path) -> None:
    slow = "records_per_second = 10\nburst_records = 5\n"
    tokens = token("acme", ALL_RIGHTS + slow) + token("other", ALL_RIGHTS)
    async with opened(tmp_path, tokens) as door:
        assert (await door.post([judgment(judgment_id=f"j{n}") for n in range(20)])).status_code == 200
        refused = await door.post(judgment())
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert (await door.post(judgment(), secret="other-secret")).status_code == 200
        door.intake.clock_ms = lambda: 1_700_000_002_000
        assert (await door.post(judgment())).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b"17", {}, 400),
        (b"[1,", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[" * 100_000, {}, 400),
        (msgspec.json.encode([judgment()]), {"Content-Type": "text/csv"}, 415),
        (msgspec.json.encode([judgment()]), {"Content-Encoding": "zstd"}, 415),
    ],
)
async def test_a_body_that_is_none_is_refused(
    tmp_path: Path, body: bytes, headers: dict[str, str], status: int
) -> None:
    async with opened(tmp_path) as door:
        answer = await door.post(body, headers=headers)
        assert answer.status_code == status
        assert answer.json()["status"] == status
        assert (door.intake.gate.batches, door.intake.gate.bytes) == (0, 0)


@pytest.mark.parametrize("query", ["?partail=1", "?partial=yes", "?format=excel", "?format=rows", "?queue=images"])
async def test_a_parameter_that_means_nothing_is_refused(tmp_path: Path, query: str) -> None:
    async with opened(tmp_path) as door:
        assert (await door.post(judgment(), f"/v1/judgments{query}")).status_code == 400


async def test_refused_records_count_against_the_token_too(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", ALL_RIGHTS + "records_per_second = 10\nburst_records = 5\n")) as door:
        assert (await door.post([judgment(vendor="zenith")] * 20)).status_code == 422
        assert (await door.post(judgment())).status_code == 429


async def test_while_it_stops_it_takes_nothing_new(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        door.intake.health.stopping = True
        assert (await door.post(judgment())).status_code == 503
        assert (await door.client.get("/readyz")).json()["why"] == ["it is stopping"]
        assert (await door.client.get("/healthz")).status_code == 200


async def test_who_waits_when_it_stops_for_good_is_told_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        waiting = await under_way(door)
        door.intake.sender.give_up()
        answer = await waiting
        assert answer.status_code == 503  # type: ignore[attr-defined]
        assert "stopping" in answer.json()["detail"]  # type: ignore[attr-defined]
