"""The notice as a page in Markdown, in plain words."""

from collections.abc import Iterator, Mapping, Sequence

from stream.privacy.notice import Notice

_GROUPED = 1_000  # from here on digits stand in groups


def notice_page(notice: Notice) -> str:
    """The page."""
    return "\n".join(_lines(notice)) + "\n"


def _lines(notice: Notice) -> Iterator[str]:
    yield "# What is monitored here, and how"
    yield ""
    yield (
        "This page was written by `raterwatch notice` from the settings in force. It says what the system does, and "
        "claims no compliance with any law."
    )
    yield from _list("What is recorded of each judgment", notice.recorded)
    yield from _list("Over what it is measured", notice.windows)
    yield from _flagging(notice)
    yield from _beside(notice)
    yield from _rules(notice)
    yield from _list("What never happens", notice.never)
    yield from _queues(notice)
    yield from _kept(notice)


def _flagging(notice: Notice) -> Iterator[str]:
    budget = notice.budget
    yield "\n## What can open a finding\n"
    ticketed, critical = _number(budget["ticketed"]), _number(budget["critical"])
    week = _number(budget["judgments_per_rater_week"])
    yield "No threshold is typed by hand. It follows from how many honest raters may wrongly be asked to look again: at"
    yield f"most {ticketed} of 10,000 in a week of {week} judgments, and {critical} whose finding is shown as critical."
    yield "Each test has its share of that; a smaller share means that it needs more evidence."
    yield ""
    yield "| test | what it looks at | on | share | honest raters in 10,000 weeks |"
    yield "|---|---|---|---|---|"
    for one in notice.flagging:
        honest = _number(one["honest_ticketed_per_10000_rater_weeks"])
        yield f"| {one['name']} | {one['means']} | {_on(one['on'])} | {one['share_of_budget']:.0%} | {honest} |"


def _beside(notice: Notice) -> Iterator[str]:
    yield "\n## What may stand beside a finding, and never opens one\n"
    yield "| name | what it looks at | on |"
    yield "|---|---|---|"
    for one in notice.beside:
        yield f"| {one['name']} | {one['means']} | {_on(one['on'])} |"


def _rules(notice: Notice) -> Iterator[str]:
    yield from _list("Further rules", list(_further(notice.rules)))


def _further(rules: Mapping[str, float | str]) -> Iterator[str]:
    after = "leads to cases" if rules["afterwards"] == "armed" else "leads to none until a person orders it"
    least, cases = rules["least_judgments"], rules["cases_per_queue_and_vendor_in_24_hours"]
    floor, closes = rules["known_answers_floor_most"], rules["closes_below_share_of_threshold"]
    days, storm = _number(float(rules["shadow_days"])), rules["storm_flagged_share"]
    middle = "the middle between chance and what is usual in the queue"
    yield f"Until {least} judgments a rater without findings counts as unknown, not as fine."
    yield f"On items with a known answer the floor is {middle}, at most {floor:.0%}."
    yield f"A finding closes by itself when its evidence falls below {closes:.0%} of what opened it."
    yield f"In the first {days} days of a queue or test a finding shows on boards only; afterwards it {after}."
    yield f"When {storm:.0%} of a queue's active raters have findings, the queue is looked at first, and not they."
    yield f"At most {cases} new cases in 24 hours for one queue and vendor."


def _queues(notice: Notice) -> Iterator[str]:
    if not notice.queues:
        return
    yield "\n## Queues\n"
    yield "| queue | judgments an item | sensitivity | first days on boards only | tests that are off |"
    yield "|---|---|---|---|---|"
    for one in notice.queues:
        off = ", ".join(one["detectors_off"]) or "none"
        days = _number(one["shadow_days"])
        yield f"| {one['name']} | {one['judgments_per_item']} | {one['sensitivity']} | {days} | {off} |"


def _kept(notice: Notice) -> Iterator[str]:
    yield "\n## What is kept, for whom, and how long\n"
    yield "| what | purpose | who gets it | kept |"
    yield "|---|---|---|---|"
    for one in notice.kept:
        yield f"| {one['name']} | {one['purpose']} | {one['recipients']} | {one['kept']} |"


def _list(title: str, points: Sequence[str]) -> Iterator[str]:
    yield f"\n## {title}\n"
    for point in points:
        yield f"- {point}"


def _on(is_on: object) -> str:
    return "yes" if is_on else "no"


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < _GROUPED else f"{value:,.0f}"
