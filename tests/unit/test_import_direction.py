"""Who may import whom. A new folder of ours fails here until it is declared below."""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

PURE = frozenset({"msgspec", "numpy", "numba"})  # the libraries that deciding code may use
CONTRACTS = frozenset({"stream.errors", "stream.stages.port", "stream.state.port", "stream.transport.port"})

# What each part may import of this repository. A part is the longest entry that a module's name begins with, and may
# always import itself and its own packages' __init__.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "stream": frozenset(),
    "stream.errors": frozenset(),
    "stream.events": frozenset({"stream.errors"}),
    "stream.arrow_rows": frozenset(),
    "stream.quality": frozenset(),
    "stream.toml_file": frozenset({"stream.errors", "stream.events"}),
    "stream.policy": frozenset({"stream.errors", "stream.events", "stream.toml_file"}),
    "stream.stages.port": frozenset(),
    "stream.state.port": frozenset(),
    "stream.transport.port": frozenset({"stream.stages.port"}),
    "stream.stages": CONTRACTS | {"stream.events", "stream.intake", "stream.policy", "stream.quality"},
    "stream.intake": CONTRACTS | {"stream.events", "stream.quality", "stream.toml_file"},
    # The door over HTTP: it checks as stage 1 does, and Kafka is behind the producer's port.
    "stream.intake.http": CONTRACTS
    | {"stream.events", "stream.intake", "stream.telemetry.metrics", "stream.toml_file"},
    # What is held of people, as declarations and pages: nothing of a server, nothing of a clock.
    "stream.privacy": frozenset({"stream.intake.queues", "stream.policy", "stream.quality.schema"}),
    "stream.simulate": frozenset({"stream.errors", "stream.events", "stream.intake"}),
    "stream.state": CONTRACTS | {"stream.quality"},
    # The shard runner works on ports: it meets Redis and the stages only when app.py composes them.
    "stream.transport": CONTRACTS,
    "stream.telemetry": CONTRACTS | {"stream.events", "stream.quality", "stream.stages", "stream.transport.observer"},
    "stream.transport.observer": CONTRACTS,
    "stream.backtest": CONTRACTS
    | {"stream.events", "stream.intake", "stream.policy", "stream.quality", "stream.stages"},
    "stream.report": CONTRACTS
    | {
        "stream.arrow_rows",
        "stream.events",
        "stream.intake",
        "stream.quality",
        "stream.stages",
        "stream.backtest",
    },
    # Daily facts: what outcomes mean is stage 2's, which offsets were read is the log's.
    "stream.facts": CONTRACTS
    | {"stream.events", "stream.intake", "stream.quality", "stream.stages", "stream.transport.faults"},
    # The edge: settings are read, processes are composed and commands talk to people.
    "stream.settings": frozenset(
        {"stream.errors", "stream.intake", "stream.state", "stream.transport", "stream.telemetry"}
    ),
    "stream.app": frozenset({"stream"}),
    "stream.intake_app": frozenset({"stream"}),
    "stream.facts_app": frozenset({"stream"}),
    # Draws what it reads of Prometheus; of the report it takes how markup is written.
    "stream.preview": frozenset({"stream.errors", "stream.report.page.markup"}),
    "stream.commands": frozenset({"stream", "stack", "alerts"}),
    "stream.cli": frozenset({"stream", "stack", "alerts"}),
    "stream.__main__": frozenset({"stream"}),
    # A whole deployment on one machine: it starts the servers, the worker, and looks at both as a person would.
    "stream.demo": frozenset({"stream", "stack", "alerts"}),
    # Tables for notebooks, behind `raterwatch.read`: they read shards as commands do.
    "stream.read": frozenset({"stream"}),
    "raterwatch": frozenset({"stream.read", "stream.facts.read"}),
    "stack": frozenset(),
    # Boards name metrics by their declarations, and the default budget.
    "grafana": frozenset(
        {"stream.telemetry.metrics", "stream.policy", "alerts.escalation.metrics", "alerts.escalation.cases"}
    ),
    "alerts": frozenset({"stream"}),
    # The escalation service and the stream meet at their events, errors, the way TOML files are read and the policy.
    "alerts.escalation": frozenset(
        {"alerts.wording", "stream.errors", "stream.events", "stream.policy", "stream.toml_file"}
    ),
    "alerts.escalation.metrics": frozenset({"stream.telemetry.metrics"}),
    "alerts.escalation.web": frozenset(
        {"alerts.escalation", "alerts.wording", "stream.errors", "stream.events", "stream.telemetry.metrics"}
    ),
    "alerts.escalation.errors": frozenset({"stream.errors"}),
    # The file that declares queues is read by the code that says what may stand in it.
    "alerts.escalation.declared_queues": frozenset({"stream.errors", "stream.intake"}),
    # What is signed and kept knows the values on it and how they are said, and no server.
    "alerts.escalation.papers": frozenset({"alerts.escalation.said", "alerts.escalation.scorecards"}),
    "alerts.escalation.cases": frozenset(
        {"alerts.escalation.errors", "stream.errors", "stream.events", "stream.policy"}
    ),
    "alerts.escalation.cases.contract_file": frozenset(
        {"alerts.escalation.cases", "stream.errors", "stream.events", "stream.toml_file"}
    ),
}

OURS = frozenset({"stream", "stack", "alerts", "grafana", "raterwatch"})

# Libraries that only the files named here may import.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "faust": ("stream/transport/faust_*.py",),
    "mode": ("stream/transport/faust_*.py",),
    "redis": ("stream/state/redis_*.py", "stream/state/connect.py", "stream/state/guard.py", "stream/state/wire.py"),
    "aiokafka": ("stream/transport/*.py",),
    "kafka": ("stream/transport/*.py", "stream/commands/*.py"),
    "prometheus_client": (
        "stream/telemetry/*.py",
        "stream/intake/http/usage.py",
        "alerts/escalation/web/usage.py",
    ),
    "typst": ("alerts/escalation/papers/typeset.py",),
}

# Ways to the clock, to chance, to the machine: the pure core has none of them, it takes values.
IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "io",
        "os",
        "pathlib",
        "random",
        "secrets",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "uuid",
    }
)
IMPURE_EXCEPT = {
    # Compiled code is kept by a hash of the sources it came from, so this one file reads sources.
    "stream/quality/compiled.py": frozenset({"pathlib"}),
    # The policy is a file, and this one reads it.
    "stream/policy/policy_file.py": frozenset({"pathlib"}),
    # So are the contracts.
    "alerts/escalation/cases/contract_file.py": frozenset({"pathlib"}),
}
IMPURE_FUNCTIONS = frozenset({"open", "input", "print"})
IMPURE_METHODS = frozenset({"now", "utcnow", "today", "default_rng"})


def test_no_file_imports_against_the_direction() -> None:
    assert [fault for path in sources() for fault in direction_faults(path)] == []


def test_no_file_outside_its_adapter_imports_a_server_library() -> None:
    assert [fault for path in sources() for fault in library_faults(path)] == []


@pytest.mark.parametrize("part", ["stream/quality/", "stream/policy/", "stream/privacy/", "alerts/escalation/cases/"])
def test_what_decides_uses_only_pure_libraries_and_no_clock(part: str) -> None:
    assert [fault for path in sources() if path.startswith(part) for fault in purity_faults(path)] == []


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("stream/quality/x.py", "from stream.state.port import Head", "may not import stream.state.port"),
        ("stream/quality/x.py", "import stream.events", "may not import stream.events"),
        ("stream/transport/x.py", "from stream.state import redis_store", "may not import stream.state.redis_store"),
        ("stream/novel/x.py", "import stream.errors", "is not declared"),
        ("stream/novel.py", "", "is not declared"),
        ("alerts/escalation/x.py", "from stream.state.port import Head", "may not import stream.state.port"),
        (
            "alerts/escalation/cases/x.py",
            "import alerts.escalation.store.reading",
            "may not import alerts.escalation.store",
        ),
        ("stack/x.py", "from stream import errors", "may not import stream.errors"),
    ],
)
def test_an_import_against_the_direction_is_found(path: str, source: str, fault: str) -> None:
    assert any(fault in found for found in direction_faults(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("stream/app.py", "import faust"),
        ("stream/transport/runner.py", "from faust.types import TP"),
        ("stream/transport/runner.py", "import redis.asyncio"),
        ("stream/telemetry/board.py", "from kafka import KafkaConsumer"),
    ],
)
def test_a_server_library_in_the_wrong_file_is_found(path: str, source: str) -> None:
    assert library_faults(path, source)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from os import environ",
        "import scipy.stats",
        "import redis",
        "def f():\n    import random",
        "from datetime import datetime\ndatetime.now()",
        "open('x')",
    ],
)
def test_impure_code_is_found(source: str) -> None:
    assert purity_faults("stream/quality/x.py", source)


def test_imports_for_the_type_checker_count_too() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from stream.state.port import Head"
    assert direction_faults("stream/quality/x.py", source)


def sources() -> list[str]:
    folders = ("stream", "stack", "alerts", "grafana", "raterwatch")
    paths = [path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in paths)


def direction_faults(path: str, source: str | None = None) -> list[str]:
    module = module_of(path)
    part = part_of(module)
    # The top packages hold nothing but their own __init__; everything else must be declared by its own name.
    if part == "stream" and module != "stream":
        return [f"{path}: {'.'.join(module.split('.')[:2])} is not declared in MAY_IMPORT"]
    return [
        f"{path}: {part} may not import {name}"
        for name in imports(path, source)
        if top(name) in OURS and not allowed(name, MAY_IMPORT[part] | {part}, module)
    ]


def library_faults(path: str, source: str | None = None) -> list[str]:
    return [
        f"{path} may not import {name}"
        for name in imports(path, source)
        for places in [ONLY_IN.get(top(name))]
        if path.startswith("stream/") and places and not any(fnmatch(path, place) for place in places)
    ]


def purity_faults(path: str, source: str | None = None) -> list[str]:
    tops = {top(name) for name in imports(path, source)}
    libraries = tops - sys.stdlib_module_names - PURE - OURS
    called = [node.func for node in ast.walk(parse(path, source)) if isinstance(node, ast.Call)]
    functions = {call.id for call in called if isinstance(call, ast.Name)}
    methods = {call.attr for call in called if isinstance(call, ast.Attribute)}
    used = libraries | tops & IMPURE_MODULES | functions & IMPURE_FUNCTIONS | methods & IMPURE_METHODS
    return [f"{path} may not use {name}" for name in sorted(used - IMPURE_EXCEPT.get(path, frozenset()))]


def top(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def allowed(name: str, parts: frozenset[str], module: str) -> bool:
    # The bare package `stream` holds the version; a module's parents are imported with it anyway.
    if name == "stream" or module.startswith(f"{name}."):
        return True
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def part_of(module: str) -> str:
    return max((part for part in MAY_IMPORT if module == part or module.startswith(f"{part}.")), key=len)


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def imports(path: str, source: str | None = None) -> Iterator[str]:
    for node in ast.walk(parse(path, source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = absolute(node, path)
            yield from (resolve(package, alias.name) for alias in node.names)


def resolve(package: str, name: str) -> str:
    """`from stream.state import port` imports the module stream.state.port; `from stream.events import Gold` none."""
    if top(package) not in OURS:
        return package
    place = REPOSITORY / package.replace(".", "/")
    is_module = (place / f"{name}.py").exists() or (place / name).is_dir()
    return f"{package}.{name}" if is_module else package


def absolute(node: ast.ImportFrom, path: str) -> str:
    if node.level == 0:
        return node.module or ""
    parent = path.split("/")[: -node.level]
    return ".".join([*parent, *([node.module] if node.module else [])])


def parse(path: str, source: str | None) -> ast.Module:
    return ast.parse((REPOSITORY / path).read_text() if source is None else source)
