"""The command `raterwatch`: finds the subcommand's file, and turns our errors into one clear line."""

import importlib
import sys

import click

from stream import __version__
from stream.errors import RaterwatchError

# name -> (module under stream.commands, one line of help); a module is imported only when its command runs.
COMMANDS = {
    "demo": ("demo", "Run the whole stack here with a simulated crowd, and show who needs review."),
    "worker": ("worker", "Run the stream processor: judgments in, rater statistics and metrics out."),
    "backtest": ("backtest", "Run the same engine over a file: scores, findings, what would be flagged."),
    "replay": ("replay", "Send a file's judgments to Kafka at a chosen speed."),
    "simulate": ("simulate", "Write a seeded crowd with named behaviours, and its truth."),
    "topics": ("topics", "Create or verify the Kafka topics, and publish the queues file."),
    "doctor": ("doctor", "Check a deployment: Kafka, Redis, topics, settings, clocks."),
    "arm": ("arming", "Let findings lead to cases and messages: a vendor's, a queue's, a detector's."),
    "disarm": ("arming", "Let findings show on boards only, with a reason and an end."),
    "arming": ("arming", "Show what is armed, what is in shadow, and who ordered it."),
    "rater": ("rater", "Show what is known of a rater."),
    "queue": ("queue", "Show a queue and its vendors."),
    "top": ("top", "Watch raters live, the most suspicious first."),
    "preview": ("preview", "Draw the boards from a live Prometheus, without Grafana."),
    "pseudonym": ("pseudonym", "Turn a raw rater id into its pseudonym."),
    "whois": ("whois", "At the vendor: find the person behind a pseudonym in the vendor's own roster."),
    "forget": ("forget", "Erase a rater, also from every future replay."),
    "restrict": ("restrict", "Leave a rater alone while something is contested."),
    "disclose": ("disclose", "Write down all that is held of a rater."),
    "notice": ("notice", "Say what is monitored, and what weighs how much."),
    "rejects": ("rejects", "List, redrive, or resume after refused records."),
    "escalation": ("escalation", "Run the case service: findings become cases with deadlines, appeal and audit."),
    "cases": ("cases", "List cases; see and repeat what did not arrive."),
    "audit": ("audit", "Verify the record of what happened in cases."),
    "tokens": ("tokens", "Make, list and revoke tokens of the case service."),
    "contract": ("contract", "Check the vendors' contracts: calendars and deadlines."),
    "rebuild": ("rebuild", "Rebuild a shard's state from the log."),
}


class Registry(click.Group):
    """Loads a subcommand's module on demand, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click asks for it)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"stream.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Registry, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="raterwatch")
def root() -> None:
    """Watch the quality of human judgments: agreement, accuracy and speed per rater, live.

    New here? `raterwatch demo` needs nothing but this machine.
    """


def main() -> None:
    """Entry point: exit code 1 and one line for our own errors, 2 for wrong usage."""
    try:
        root(standalone_mode=True)
    except RaterwatchError as error:
        click.secho(f"raterwatch: {error}", fg="red", err=True)
        sys.exit(1)
