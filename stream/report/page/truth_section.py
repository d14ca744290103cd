"""The flags against what is true: precision and recall, time to detection, calibration, and the budget."""

from stream.report.account import Account
from stream.report.make_report import About
from stream.report.page.markup import Content, Markup, element
from stream.report.page.reliability_plot import reliability_plot
from stream.report.page.tables import NUMBER, Column, table
from stream.report.wording import UNKNOWN, counted, percent, percent_interval, plain

_NOT_KNOWN = (
    "It is not known which raters are below the bar: give a file with --truth, or data with known answers "
    "(20 or more a rater). With --no-gold the known answers are the truth alone and the detectors do not see them."
)


def truth_section(about: About, account: Account) -> Markup:
    """Precision, recall and time to detection."""
    heading = element("h2", "Flags against what is true")
    if not account.scores.known:
        return element("section", heading, element("p", _NOT_KNOWN))
    return element("section", heading, element("p", _source(about)), measures_table([("", account)]), _delays(account))


def measures_table(accounts: list[tuple[str, Account]]) -> Markup:
    """Counts and shares, a column an account; names are the columns' headings."""

    def row(name: str, *cells: str) -> list[Content]:
        return [name, *cells]

    scores = [account.scores for _, account in accounts]
    delays = [account.detection for _, account in accounts]
    rows = [
        row("raters flagged at some time", *(plain(len(account.flagged)) for _, account in accounts)),
        row("raters who need review at the end", *(plain(account.needs_review) for _, account in accounts)),
        row("truth known", *(plain(one.known) for one in scores)),
        row("below the bar", *(plain(one.below_bar) for one in scores)),
        row("precision: of the flagged, below the bar", *(percent_interval(one.precision) for one in scores)),
        row("recall: of those below the bar, flagged", *(percent_interval(one.recall) for one in scores)),
        row("flagged among the others", *(percent_interval(one.flagged_among_rest) for one in scores)),
        row("median delay in judgments, of those found", *(plain(one.median_delay) for one in delays)),
        row("nine of ten found within", *(plain(one.late_delay) for one in delays)),
        row("flagged before they were below the bar", *(plain(one.found_before) for one in delays)),
    ]
    return table(
        "Raters on queues",
        [Column("measure"), *(Column(name or "value", NUMBER) for name, _ in accounts)],
        rows,
    )


def calibration_section(account: Account) -> Markup:
    """The reliability table and its drawing."""
    found, heading = account.reliability, element("h2", "Does the review score mean what it says?")
    drawing = reliability_plot(found)
    if drawing is None:
        return element("section", heading, element("p", "No truth is known to hold it against."))
    told = (
        f"Of raters with a score of 30 %, three in ten should be below the bar. Brier score {plain(found.brier)} "
        f"(giving everybody the overall share: {plain(found.usual_brier)}), mean gap {percent(found.error)}."
    )
    columns = [Column("score"), Column("raters", NUMBER), Column("mean score", NUMBER),
               Column("below the bar", NUMBER)]  # fmt: skip
    rows: list[list[Content]] = [
        [
            f"{percent(one.low)} to {percent(one.high)}",
            plain(one.below_bar.n if one.below_bar else 0),
            percent(one.mean_suspicion),
            percent_interval(one.below_bar),
        ]
        for one in found.bins
    ]
    figure = element(
        "figure", drawing, element("figcaption", "Dots with 95 % intervals; the diagonal is what to expect.")
    )
    return element(
        "section",
        heading,
        element("p", told),
        element("div", figure, table("Reliability", columns, rows), class_="pair"),
    )


def budget_section(account: Account) -> Markup:
    """The declared budget beside what was flagged."""
    weeks = f"{account.budget.judgments_per_week:,.0f}"
    told = (
        "The policy declares how many raters above the bar it may flag per 10,000 rater-weeks of "
        f"{weeks} judgments, over all queues and detectors together."
    )
    columns = [
        Column("severity"),
        Column("declared rate", NUMBER),
        Column("allowed in this log", NUMBER),
        Column("flagged", NUMBER),
        Column("of them known to be above the bar", NUMBER),
        Column("their rate (95 %)", NUMBER),
        Column("budget"),
    ]
    rows: list[list[Content]] = [
        [
            one.severity,
            plain(one.declared),
            plain(one.allowed),
            plain(one.flagged),
            plain(one.honest_flagged) if one.honest_weeks else UNKNOWN,
            UNKNOWN if one.rate is None else f"{plain(one.rate)} ({plain(one.low)} to {plain(one.high)})",
            one.verdict,
        ]
        for one in account.spending
    ]
    return element(
        "section", element("h2", "Budget of wrong flags"), element("p", told), table("Budget", columns, rows)
    )


def _source(about: About) -> str:
    if about.truth == "file":
        return "A file says who is below the bar."
    bars = ", ".join(f"{queue} {percent(bar)}" for queue, bar in list(about.bars.items())[:8])
    seen = (
        " The detectors saw these answers too: for an independent check run with --no-gold."
        if about.truth_was_seen
        else " The detectors did not see these answers."
    )
    return (
        f"Below the bar is who, on {counted(about.least_golds or 0, 'known answer')} or more, is right less often than "
        f"the midpoint of chance and the queue's median: {bars}.{seen}"
    )


def _delays(account: Account) -> Markup:
    rows: list[list[Content]] = [
        [plain(one.judgments), plain(one.found.n if one.found else 0), percent_interval(one.found)]
        for one in account.detection.within
    ]
    columns = [Column("within judgments", NUMBER), Column("raters with that many", NUMBER),
               Column("found", NUMBER)]  # fmt: skip
    return table("Time to detection, of raters below the bar", columns, rows)
