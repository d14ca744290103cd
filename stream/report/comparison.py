"""Two policies over one log: who would be flagged by one and not by the other."""

import msgspec

from stream.report.account import Account
from stream.report.flagged import Flagged


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A rater on a queue whom only one of the policies flags, and why that one does."""

    rater_id: str
    queue: str
    vendor: str
    flagged_at: int
    below_bar: bool | None
    sentences: list[str]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """`--policy` against `--against`; a flag is a finding that opened at some time."""

    newly: list[Change]  # flagged by --policy alone
    cleared: list[Change]  # flagged by --against alone
    both: int


def compare(new: Account, old: Account) -> Comparison:
    """Whom the new policy would newly flag or clear, in the order of the accounts."""
    in_new, in_old = ({(one.rater_id, one.queue) for one in account.flagged} for account in (new, old))
    return Comparison(
        newly=[_change(one) for one in new.flagged if (one.rater_id, one.queue) not in in_old],
        cleared=[_change(one) for one in old.flagged if (one.rater_id, one.queue) not in in_new],
        both=len(in_new & in_old),
    )


def _change(one: Flagged) -> Change:
    return Change(
        rater_id=one.rater_id,
        queue=one.queue,
        vendor=one.vendor,
        flagged_at=one.flagged_at,
        below_bar=one.below_bar,
        sentences=[reason.sentence for reason in one.reasons],
    )
