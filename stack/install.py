"""Brings the local stack's programs onto this machine: `python -m stack.install kafka redis postgres prometheus`.

Quiet and instant when all is there. On Debian as root it installs what is missing; elsewhere it says exactly what to
install.
"""

import fcntl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stack import debian, jars, programs
from stack.errors import StackError
from stack.programs import Program

COMPONENTS: dict[str, tuple[Program, ...]] = {
    "kafka": (programs.JAVA,),
    "redis": (programs.REDIS,),
    "postgres": (programs.POSTGRES, programs.INITDB),
    "prometheus": (programs.PROMETHEUS,),
    "alertmanager": (programs.ALERTMANAGER,),
    "chromium": (programs.CHROMIUM,),
}


def install(components: Sequence[str], say: Callable[[str], None]) -> None:
    """Install the named components where they are missing; `say` gets a line of progress at a time.

    Raises StackError with what to install by hand when this process may not, or when a download fails.
    """
    unknown = sorted(set(components) - set(COMPONENTS))
    if unknown:
        raise StackError(f"unknown component {unknown[0]!r}; there are {', '.join(COMPONENTS)}")
    if not _missing_programs(components) and not _lacks_kafka(components):
        return
    with _one_at_a_time(say):
        _install_programs(_missing_programs(components), say)
        if _lacks_kafka(components):
            say(f"downloading Kafka {jars.KAFKA_VERSION} (44 MB) …")
            jars.download_kafka()


def main() -> int:
    """Install the components named on the command line, or all; progress and errors go to standard error."""
    try:
        install(sys.argv[1:] or list(COMPONENTS), lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 (a command's progress)
    except StackError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command's error)
        return 1
    return 0


def _missing_programs(components: Sequence[str]) -> list[Program]:
    needed = [program for name in components for program in COMPONENTS[name]]
    if _lacks_kafka(components):
        needed.append(programs.MAVEN)
    return [program for program in needed if program.find() is None]


def _lacks_kafka(components: Sequence[str]) -> bool:
    return "kafka" in components and not jars.kafka_jars().is_dir()


def _install_programs(missing: Sequence[Program], say: Callable[[str], None]) -> None:
    if not missing:
        return
    packages = list(dict.fromkeys(program.package for program in missing))
    if not debian.can_install():
        wanted = "\n".join(f"  {program.names[0]} (Debian package {program.package})" for program in missing)
        raise StackError(f"please install these programs and put them on PATH, then try again:\n{wanted}")
    say(f"installing {', '.join(packages)} …")
    debian.install_packages(packages)
    absent = [program.names[0] for program in missing if program.find() is None]
    if absent:
        raise StackError(f"apt-get succeeded but {', '.join(absent)} is still not on PATH; install it by hand")


@contextmanager
def _one_at_a_time(say: Callable[[str], None]) -> Iterator[None]:
    jars.cache_folder().mkdir(parents=True, exist_ok=True)
    with (jars.cache_folder() / "install.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is installing; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
