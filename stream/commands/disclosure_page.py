"""A disclosure as a page in Markdown that a person can read; the JSON beside it holds every value."""

from collections.abc import Iterator
from typing import Any

from stream.commands.disclosure import Disclosure
from stream.commands.words import UNKNOWN, duration, moment, percent

_LATEST = 64


def disclosure_page(found: Disclosure) -> str:
    """The page."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Disclosure) -> Iterator[str]:
    yield f"# What is held of {found.rater}"
    yield ""
    yield f"Written on {moment(found.made_at)} UTC. The name behind the pseudonym is not known here; it stands with the"
    yield "vendor. The JSON file beside this page holds every value; this page holds them in words."
    yield ""
    yield from _orders(found)
    yield "## How much there is"
    yield ""
    yield f"- {len(found.judgments_as_sent):,} records of judgments as they were sent"
    yield f"- {len(found.answers_on_items):,} answers remembered on items"
    yield f"- {len(found.findings_as_published):,} records of findings"
    yield f"- {len(found.refused_records):,} records that were refused"
    yield f"- {len(found.cases):,} entries of the case service"
    for queue in found.queues:
        yield from _queue(queue)
    yield from _published(found)
    yield from _where(found)


def _orders(found: Disclosure) -> Iterator[str]:
    if found.orders.get("forgotten_at") is not None:
        yield f"**Erased**, as ordered on {moment(found.orders['forgotten_at'])} UTC.\n"
    if word := found.orders.get("restricted"):
        yield f"**Restricted** since {moment(word['at_ms'])} UTC, by {word['by']}: {word['reason']}\n"


def _queue(queue: dict[str, Any]) -> Iterator[str]:
    training = ", in training" if queue["training"] else ""
    yield f"\n## Queue {queue['queue']}, vendor {queue['vendor']}{training}\n"
    yield f"State: {queue['state']}. Latest judgment: {moment(queue['latest_judgment_ms'])} UTC.\n"
    yield "| window | judgments | agreement | known answers | typical time | minutes on sensitive items |"
    yield "|---|---|---|---|---|---|"
    for name, window in queue["windows"].items():
        exposed = sum(queue["exposure_seconds"][name][level] for level in ("sensitive", "severe")) / 60
        yield (
            f"| {name} | {window['judgments']} | {_share(window['agreement'])} | {_share(window['gold_accuracy'])} | "
            f"{duration(window['typical_duration_ms'])} | {exposed:.0f} |"
        )
    for finding in queue["findings"]:
        yield f"\n**Open finding** since {moment(finding['opened_at'])} UTC: {finding['sentence']['text']}"
        yield from _judgments("What it rests on:", finding.get("evidence", []), "at")
    yield from _judgments("The latest judgments:", queue["latest_judgments"][-_LATEST:], "submitted_at")


def _judgments(title: str, judgments: list[dict[str, Any]], time: str) -> Iterator[str]:
    yield f"\n{title}\n"
    yield "| item | answer | given at (UTC) | time |"
    yield "|---|---|---|---|"
    for one in judgments:
        answer = UNKNOWN if one["label"] is None else _label(one["label"])
        yield f"| {one['item_id']} | {answer} | {moment(one[time])} | {duration(one.get('duration_ms'))} |"


def _published(found: Disclosure) -> Iterator[str]:
    if found.findings_as_published:
        yield "\n## Findings as they were published\n"
        yield "| at (UTC) | queue | what | sentence |"
        yield "|---|---|---|---|"
        for one in found.findings_as_published:
            what = " ".join(filter(None, (one["event"], one.get("why"))))
            yield f"| {moment(one['at'])} | {one['queue']} | {what} | {one['sentence']['text']} |"


def _where(found: Disclosure) -> Iterator[str]:
    yield "\n## Where it is, for whom, and how long\n"
    yield "| what | where | purpose | who gets it | kept |"
    yield "|---|---|---|---|---|"
    for one in found.where:
        yield f"| {one['name']} | {', '.join(one['places'])} | {one['purpose']} | {one['recipients']} | {one['kept']} |"


def _share(interval: dict[str, Any] | None) -> str:
    return percent(None if interval is None else interval["value"])


def _label(label: object) -> str:
    return ", ".join(map(str, label)) if isinstance(label, list) else str(label)
