"""docs/privacy.md: what is held of people, from the inventory."""

from collections.abc import Sequence

from stream.privacy.inventory import INVENTORY, Held

_HEAD = """<!-- Written by `make generate` from stream/privacy/inventory.py. -->

# What raterwatch holds of people

raterwatch measures work, by pseudonym. Raw ids of people never enter it (unless `accept_raw_ids` says so): whoever
sends judgments makes pseudonyms with the vendor's key, and only the vendor can go back. It is not made for automatic
dismissal, pay or ranking of people: a person decides, always. This page says what there is. It claims no compliance
with any law: whether and how one applies is the deployer's question.

## The inventory

"""
_RIGHTS = """
## A person's own rights, as commands

| command | what it does |
|---|---|
| `raterwatch disclose RATER --out FILE` | writes down all that is held of one pseudonym: JSON, and a page beside it |
| `raterwatch restrict RATER on`, `off` | while it is on, nothing is scored, no finding opens, nothing is exported |
| `raterwatch forget RATER` | erases; refused while a case or a legal hold is open |
| `raterwatch notice` | what is monitored, from the policy and the queues file in force |

**Forgetting.** The order is a signed record in every partition of `judgments`. Each shard obeys it at that place of its
own log, so reading the log again, after any loss, comes to the same state. From there on:

- judgments of the rater are refused as `forgotten`: counted, and their content is kept nowhere, not among the rejects
  either. They halt no partition;
- the rater's answers on items lose name, id, time, duration and cost. The answer itself stays, as somebody's: others on
  the item were compared with it, and their numbers, findings and cases must not move because a person left. For the
  same reason sums of vendors and queues stay as they were;
- when every source partition has said so, rows, windows, latest judgments, findings and the places under which other
  raters' rows knew the rater are removed. A finding that somebody's answers are like the forgotten rater's ends with
  them: nobody could look at it any more;
- until then the rater is silent: no finding opens, nothing is exported;
- what is kept is a 64-bit keyed hash, so that the pseudonym is recognised when it comes again. Without the deployment's
  control key it can be asked nothing. A shard keeps the latest 50,000.

What the command cannot reach it lists, with dates from the topics' retention.

**Restricting.** Answers go on to count on their items, for the sake of others. What changes about earlier answers is
held back and follows when the restriction ends; a retraction is obeyed at once. Answers given meanwhile never enter the
rater's numbers, nor a vendor's or queue's.
"""


def page(inventory: Sequence[Held] = INVENTORY) -> str:
    """The page in Markdown."""
    return _HEAD + "\n".join(map(_section, inventory)) + _RIGHTS


def _section(held: Held) -> str:
    rows = (
        ("where", ", ".join(held.places)),
        ("holds", held.holds),
        ("purpose", held.purpose),
        ("recipients", held.recipients),
        ("kept", held.kept),
        ("when forgotten", held.when_forgotten),
    )
    lines = [f"### {held.name[0].upper()}{held.name[1:]}", "", "| | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {text} |" for name, text in rows), ""])
