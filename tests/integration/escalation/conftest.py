import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from alerts.escalation.store.store import Store
from stack.local import LocalStack
from tests.escalation_world import World


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server whose database `template` has all tables."""
    with LocalStack(kafka=False, redis=False, postgres=True) as stack:
        url = stack.postgres.url.removesuffix("/postgres")
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE template")
        Store.open(f"{url}/template").close()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("escalation") / "template.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with all tables, of either kind: every test that asks for it runs on both."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "cases.db")
        yield f"sqlite:///{tmp_path / 'cases.db'}"
        return
    server, name = request.getfixturevalue("postgres_url"), f"t{secrets.token_hex(6)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    return World(store)
