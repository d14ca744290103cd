"""report.html: one page with everything in it, readable without a network, without scripts, by day and by night."""

from collections.abc import Iterator
from importlib.resources import files

from stream.report.make_report import About, Made, Report
from stream.report.page.flagged_section import flagged_section
from stream.report.page.groups_section import groups_section
from stream.report.page.markup import Markup, element
from stream.report.page.policies_section import policies_section
from stream.report.page.queues_section import queues_section
from stream.report.page.scatter_plot import scatter_plot
from stream.report.page.trail_plot import LINES_MAX, drawn_trails, trail_plot
from stream.report.page.truth_section import budget_section, calibration_section, truth_section
from stream.report.wording import counted, day, percent, percent_interval, plain

_TITLE = "Backtest: whose judgments need review"
_NOTES = (
    "A rater is counted once for each queue. Raters are named as in the file that was read.",
    (
        "A finding is a statement about answers, not about a person's motives: look at the judgments before anything "
        "follows from it. Guidelines, interfaces and known answers can be at fault as well."
    ),
    (
        "The review score is the probability that a rater's accuracy on the queue lies below the bar, the midpoint of "
        "chance and the queue's median. It ranks; findings are opened by tests of their own."
    ),
    "Intervals of shares are Wilson's at 95 %, those of rates are exact ones of a Poisson count.",
)


def page(made: Made) -> str:
    """The whole document."""
    style = Markup((files("stream.report.page") / "page.css").read_text("utf-8"))
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", _TITLE),
        element("style", style),
    )
    body = element("body", element("main", list(_sections(made))))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _sections(made: Made) -> Iterator[Markup]:
    report = made.report
    yield element("header", element("h1", _TITLE), element("p", _read(report.about), class_="lead"), _tiles(report))
    if report.changes and report.against:
        yield policies_section(report.account, report.against, report.changes)
    yield flagged_section(report.account.flagged, has_clock=report.about.has_clock)
    yield _trails(report)
    yield _speed(made)
    yield truth_section(report.about, report.account)
    yield calibration_section(report.account)
    yield budget_section(report.account)
    yield groups_section(report.account.groups, has_clock=report.about.has_clock)
    yield queues_section(report.account.queues)
    yield _items(report.about)
    yield _how_to_read()


def _read(about: About) -> str:
    span = f", {day(about.first_ms)} to {day(about.last_ms)} UTC" if about.has_clock else ", without a clock"
    raters, queues = counted(about.raters, "rater"), counted(len(about.queues), "queue")
    return f"{counted(about.judgments, 'judgment')} by {raters} in {queues}{span}."


def _tiles(report: Report) -> Markup:
    account = report.account
    told = [
        ("need review", plain(account.needs_review), f"of {counted(account.rated, 'rater')}, counted by queue"),
        ("flagged at some time", plain(len(account.flagged)), "a finding opened, whatever became of it"),
        ("precision", percent_interval(account.scores.precision), "flagged raters who are below the bar"),
        ("recall", percent_interval(account.scores.recall), "raters below the bar who were flagged"),
        ("median delay", plain(account.detection.median_delay), "judgments until a flag, of those found"),
        ("consensus hangs on them", plain(report.about.flips), f"of {counted(report.about.items, 'item')}"),
    ]
    tiles = [
        element("div", element("dt", name), element("dd", value), element("dd", why, class_="why"))
        for name, value, why in told
    ]
    return element("dl", tiles, class_="tiles")


def _trails(report: Report) -> Markup:
    drawn, drawing = drawn_trails(report.account.flagged), trail_plot(report.account.flagged)
    legend = [
        element("li", element("span", class_=f"swatch line{number}"), f"{one.rater_id}, {one.queue}")
        for number, one in enumerate(drawn, 1)
    ]
    shown: list[Markup] = [element("p", "Nobody was flagged, or the run noted no scores on the way (--snapshots).")]
    if drawing:
        caption = (
            f"At most {LINES_MAX} lines; each ends at the rater's last judgment, its diamond is where the first "
            "finding opened. report.json has the scores of all."
        )
        shown = [element("figure", drawing, element("ul", legend, class_="legend"), element("figcaption", caption))]
    return element("section", element("h2", "Review score over judgments"), shown)


def _speed(made: Made) -> Markup:
    drawing = scatter_plot(made.standings)
    legend = [
        element("li", element("span", class_="swatch flagged"), "flagged at some time"),
        element("li", element("span", class_="swatch other"), "never flagged"),
    ]
    caption = "Speed alone says nothing about how right answers are, and never opens a finding: it stands beside one."
    shown: list[Markup] = [element("p", "The log has no durations, or no judgment has a peer.")]
    if drawing:
        shown = [element("figure", drawing, element("ul", legend, class_="legend"), element("figcaption", caption))]
    return element("section", element("h2", "Agreement against speed"), shown)


def _items(about: About) -> Markup:
    part = about.flips / about.items if about.items else None
    told = (
        f"items.csv has the consensus of {counted(about.items, 'item')} with its confidence. Without the raters who "
        f"need review it would be another one on {plain(about.flips)} of them ({percent(part)})."
    )
    return element("section", element("h2", "Items"), element("p", told))


def _how_to_read() -> Markup:
    told = [element("li", one) for one in _NOTES]
    return element("section", element("h2", "How to read this page"), element("ul", told))
