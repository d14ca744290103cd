"""The two ways to tables: a deployment, and a backtest over files."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from stream.read.source import BacktestSource, RedisSource
from stream.read.tables import Tables
from stream.settings import Settings


def connect(
    redis: str | None = None,
    *,
    password_file: Path | str | None = None,
    prefix: str | None = None,
    outcomes: str | None = None,
    partitions: int | None = None,
) -> Tables:
    """The deployment whose state is in this Redis; what is not given comes from the environment (RATERWATCH_…).

    `outcomes` is the topic's name and `partitions` how many it has, where they are not the defaults. A user who may
    only read is enough, such as `reader` of deploy/redis.acl.template. Nothing is opened yet.
    """
    settings = Settings.load(
        redis=redis,
        redis_password_file=Path(password_file) if password_file else None,
        redis_prefix=prefix,
        outcomes=outcomes,
        partitions=partitions,
    )
    return Tables(RedisSource(settings))


def backtest(
    *files: Path | str,
    queues: Path | str | None = None,
    queue: str = "default",
    file_format: str | None = None,
    question: str | None = None,
    time_zone: str | None = None,
    columns: Mapping[str, str] | None = None,
    policy: Path | str | None = None,
) -> Tables:
    """The same tables from files, by the engine of `raterwatch backtest`; the options are that command's.

    Raises InputError or SettingsError as the command does. The state stays in memory as long as the answer lives.
    """
    # Imported here: whoever reads a deployment does not wait for the engine.
    from stream.commands.affected_in_files import run_files  # noqa: PLC0415
    from stream.commands.file_options import Choice, open_files  # noqa: PLC0415
    from stream.policy.declared import DeclaredPolicy  # noqa: PLC0415
    from stream.policy.policy_file import load_policy  # noqa: PLC0415
    from stream.stages.policies import Policies  # noqa: PLC0415

    choice = Choice(
        files=tuple(map(Path, files)),
        file_format=file_format,
        question=question,
        time_zone=ZoneInfo(time_zone) if time_zone else None,
        known_answers_by=None,
        columns=tuple((columns or {}).items()),
        queue=queue,
        no_gold=False,
        queues=Path(queues) if queues else None,
        pseudonym_key=None,
    )
    opened = open_files(choice)
    declared = load_policy(Path(policy)) if policy else DeclaredPolicy()
    ran = run_files(opened, Policies.of(declared))
    return Tables(BacktestSource(ran.result.shards, opened.found.last_ms))
