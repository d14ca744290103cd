"""The same store over TLS, over a Unix socket, and on a cluster of two."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio.cluster import RedisCluster

from stack.ports import Ports, answers
from stack.process import Process
from stack.programs import REDIS
from stream.errors import SettingsError, Unavailable
from stream.state.access import RedisAccess
from stream.state.guard import check_servers
from stream.state.redis_store import RedisStore
from stream.state.wire import FastConnection
from tests.state_suite import Claimant, Opened


async def works_as_a_store(store: RedisStore, shard: str = "judgments:7") -> None:
    worker = Claimant(store, b"worker", shard)
    await worker.claim(offset=0)
    rows = [(b"%d" % number, b"%d" % number * 300) for number in range(5_000)]
    assert await worker.commit(10, rows={"raters": rows, "items:1": rows[:3]}, outbox=[b"message"]) is None
    assert await worker.retry() is None
    loaded = await store.load(shard, {"raters": [b"4999"], "items:1": [b"2", b"3"]})
    assert loaded == {"raters": [b"4999" * 300], "items:1": [b"2" * 300, None]}
    assert len(await store.scan(shard, "raters")) == 5_000
    assert await store.outbox(shard) == [b"message"]
    await store.wipe(shard)
    assert await store.head(shard) is None


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    with Ports() as ports:
        yield ports


def redis_process(folder: Path, port: int, *options: str | Path, ready_port: int | None = None) -> Process:
    folder.mkdir(parents=True)
    command: list[str | Path] = [REDIS.require(), "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--port"]
    checked = ready_port or port
    return Process("redis", [*command, str(port), *options], folder, ready=lambda: answers(checked))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate of this test")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key


async def test_tls_with_a_known_authority(
    tmp_path: Path, ports: Ports, certificate: tuple[Path, Path], opened: Opened
) -> None:
    cert, key = certificate
    port = ports.take()
    options: list[str | Path] = ["--tls-port", str(port), "--tls-cert-file", cert, "--tls-key-file", key]
    options += ["--tls-ca-cert-file", cert]
    server = redis_process(tmp_path / "tls", 0, *options, ready_port=port)
    server.start()
    try:
        url = f"rediss://localhost:{port}"
        mutual = opened(RedisAccess(url, ca_file=cert, certificate_file=cert, key_file=key))
        await works_as_a_store(mutual)
        for wrong in [
            RedisAccess(url, ca_file=cert),  # the server asks for a client certificate
            RedisAccess(url, certificate_file=cert, key_file=key),  # the system does not know this authority
            RedisAccess(f"rediss://127.0.0.1:{port}", ca_file=cert, certificate_file=cert, key_file=key),  # other name
            RedisAccess(f"redis://localhost:{port}"),
        ]:
            store = opened(wrong)
            with pytest.raises(Unavailable):
                await store.head("judgments:7")
    finally:
        server.kill()


async def test_a_unix_socket(tmp_path: Path, ports: Ports, opened: Opened) -> None:
    place, port = tmp_path / "redis.sock", ports.take()
    server = redis_process(tmp_path / "unix", port, "--unixsocket", place)
    server.start()
    try:
        store = opened(RedisAccess(f"unix://{place}"))
        await works_as_a_store(store)
    finally:
        server.kill()


@pytest.fixture
async def cluster(tmp_path: Path, ports: Ports, opened: Opened) -> AsyncIterator[list[int]]:
    """Ports of two nodes that share the slots."""
    nodes, numbers = [], [ports.take(), ports.take()]
    for port in numbers:
        options = ["--cluster-enabled", "yes", "--cluster-port", str(ports.take())]
        nodes.append(redis_process(tmp_path / str(port), port, *options))
        nodes[-1].start()
    try:
        await form_cluster(nodes, [opened(RedisAccess(f"redis://127.0.0.1:{port}")) for port in numbers])
        yield numbers
    finally:
        for node in nodes:
            node.kill()


async def form_cluster(nodes: list[Process], stores: list[RedisStore]) -> None:
    await stores[0].call("CLUSTER", "ADDSLOTSRANGE", "0", "8191")
    await stores[1].call("CLUSTER", "ADDSLOTSRANGE", "8192", "16383")
    port, bus = (nodes[1].command[nodes[1].command.index(option) + 1] for option in ("--port", "--cluster-port"))
    await stores[0].call("CLUSTER", "MEET", "127.0.0.1", port, bus)
    for store in stores:
        while b"cluster_state:ok" not in await store.call("CLUSTER", "INFO"):  # noqa: ASYNC110 (only the server knows)
            await asyncio.sleep(0.05)


async def test_shards_of_both_cluster_nodes(cluster: list[int], opened: Opened) -> None:
    store = opened(RedisAccess(f"redis+cluster://127.0.0.1:{cluster[0]}"))
    reports = await check_servers(store)
    assert len(reports) == 2
    for number in range(6):  # hash tags of both halves of the slots
        await works_as_a_store(store, f"judgments:{number}")
    assert isinstance(store.client, RedisCluster)
    # redis-py has no argument for this; connect.py reaches in.
    assert {node.connection_class for node in store.client.get_primaries()} == {FastConnection}


async def test_a_cluster_needs_its_own_scheme(cluster: list[int], opened: Opened) -> None:
    store = opened(RedisAccess(f"redis://127.0.0.1:{cluster[0]}"))
    with pytest.raises(SettingsError, match=r"write redis\+cluster://"):
        await check_servers(store)
