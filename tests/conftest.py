"""Real servers for every test that asks for them.

- `kafka` (session): one broker for the whole run. Make topics of your own with names from `unique_name`, and never stop
  it; a test that needs to do that makes its own `LocalStack`.
- `redis_server` (module): one Redis for the tests of a file, empty at the start of each test. A test may kill, pause or
  restart it as long as it runs again at the end.
- `unique_name` (function): makes names that no other test has, for topics and consumer groups.

The programs come from `python -m stack.install kafka redis`; `make test` runs it.
"""

import secrets
import socket
from collections.abc import Callable, Iterator

import pytest

from stack.kafka import Kafka
from stack.local import LocalStack
from stack.redis import Redis


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    with LocalStack(redis=False) as stack:
        yield stack.kafka


@pytest.fixture(scope="module")
def _module_redis() -> Iterator[Redis]:
    with LocalStack(kafka=False) as stack:
        yield stack.redis


@pytest.fixture
def redis_server(_module_redis: Redis) -> Redis:
    with socket.create_connection(("127.0.0.1", _module_redis.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"
    return _module_redis


@pytest.fixture
def unique_name() -> Callable[[str], str]:
    return lambda prefix: f"{prefix}-{secrets.token_hex(6)}"
