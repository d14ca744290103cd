"""`raterwatch notice`: what is monitored here and what weighs how much, from the settings in force."""

from pathlib import Path
from typing import Any

import click
import msgspec

from stream.commands.file_options import FILE
from stream.commands.options import settings_of, with_queues
from stream.commands.terminal import print_json, with_json
from stream.intake.queues_file import load_settings
from stream.policy.declared import DeclaredPolicy
from stream.policy.policy_file import load_policy
from stream.privacy.notice import notice as notice_of
from stream.privacy.notice_page import notice_page


@click.command("notice", epilog="Example: raterwatch notice --policy policy.toml --queues queues.toml > notice.md")
@click.option("--policy", "policy_file", type=FILE, help="The policy file; the defaults without one.")
@with_queues
@with_json
def notice(*, policy_file: Path | None, as_json: bool, **given: Any) -> None:
    """Print what is monitored, over what, what can open a finding and how sure it must be, who sees what and for how
    long: a page in Markdown for the people whose work is measured. It is written from the settings, and so says what is
    so."""
    settings = settings_of({"policy_file": policy_file, **given})
    policy = load_policy(settings.policy_file) if settings.policy_file else DeclaredPolicy()
    found = notice_of(policy, load_settings(settings.queues) if settings.queues else None)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    click.echo(notice_page(found), nl=False)
