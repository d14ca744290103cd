"""What `doctor` looks at on this machine: secret files, compiled code, the worker beside it."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import numba

from stream.commands.checks import Check, failure, ok, warning
from stream.intake.control import ControlKey
from stream.settings import Settings

_HOT = ("items.join", "raters.accumulate")  # compiled last in a warm-up: where they are, the others are too
_TIMEOUT_S = 2.0


def check_files(settings: Settings) -> list[Check]:
    """The control key can be read, and no secret is open to everybody. Raises what the key file raises."""
    checks = list(_passwords(settings))
    if settings.control_key_file is None:
        remedy = "name it with RATERWATCH_CONTROL_KEY_FILE; `raterwatch topics --make-key` makes one"
        checks.append(warning("control key", "no file is named: workers refuse every control record", remedy))
    else:
        ControlKey.load(str(settings.control_key_file))
        checks.append(ok("control key", f"{settings.control_key_file} is readable, and not by everybody"))
    return checks


def check_kernels() -> list[Check]:
    """That the hot loops of this version are compiled already."""
    folder = Path(numba.config.CACHE_DIR)
    missing = [name for name in _HOT if not any(folder.glob(f"*/{name}-*.nbi"))]
    if missing:
        remedy = "nothing to do: the first start takes half a minute; `raterwatch worker --compile-only` does it now"
        return [warning("compiled code", f"{folder} lacks the code of this version", remedy)]
    return [ok("compiled code", f"in {folder}")]


def check_worker(settings: Settings) -> list[Check]:
    """The worker of this host, if there is one, says that it is ready."""
    address = f"http://{settings.metrics_host}:{settings.metrics_port}/readyz"
    try:
        with urlopen(address, timeout=_TIMEOUT_S) as answer:
            return [ok("worker", f"{address} says ready ({answer.status})")]
    except HTTPError as error:
        said = error.read(2_000).decode(errors="replace").strip()
        return [failure("worker", f"{address} says not ready: {said}", "the answer names what it waits for")]
    except (URLError, OSError):
        remedy = "start one with `raterwatch worker`, or run doctor where one is"
        return [warning("worker", f"none answers at {address}", remedy)]


def _passwords(settings: Settings) -> Iterator[Check]:
    for what, path in (
        ("Redis password", settings.redis_password_file),
        ("Kafka password", settings.kafka_password_file),
    ):
        if path is None:
            continue
        if not path.is_file():
            yield failure(what, f"{path} does not exist", "create it or correct the path")
        elif path.stat().st_mode & stat.S_IRWXO and not path.is_relative_to("/run/secrets"):
            yield failure(what, f"{path} is open to others", f"run `chmod 640 {path}` or stricter")
        else:
            yield ok(what, f"{path} is there, and not open to everybody")
