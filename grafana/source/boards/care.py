from grafana.source import links
from grafana.source.choices import JOB, QUEUES, VENDOR
from grafana.source.colours import NEUTRAL, any_is_wrong
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, counted, or_zero, over, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics

_pick = Picking("vendor", "queue")


def _exposed(by: str = "", window: str = "24h") -> str:
    """Seconds on sensitive or severe content."""
    return total(_pick(metrics.EXPOSURE, window=window, sensitivity="~sensitive|severe"), by)


def _people(level: str) -> str:
    """People where most of their exposure was."""
    exposed, active = _pick(metrics.EXPOSED_RATERS, level=level), _pick(metrics.ACTIVE_RATERS, window="24h")
    return counted(exposed, active, "vendor, queue")


def board() -> Board:
    """Care, not suspicion: nobody is named, and none of it enters a quality score."""
    return Board(
        uid=links.CARE,
        title="Care",
        question="Does anyone work too long on content that weighs on people?",
        folder=Folder.CARE,
        variables=(JOB, VENDOR, QUEUES),
        rows=(
            Row("Is anyone over the limit?", _NOW),
            Row("Where is the weight?", _WHERE),
        ),
    )


_NOW = (
    stat(
        "Over the limit",
        "People at or over the limit of sensitive or severe content within 24 hours (4 hours unless set otherwise: "
        "with a physician). The board names nobody; the vendor's wellness role knows whom to ask.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.EXPOSED_RATERS, level="over"))),
        steps=any_is_wrong(),
        width=5,
    ),
    stat(
        "Near the limit",
        "People close to it (3 hours unless set otherwise): time to offer other work.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.EXPOSED_RATERS, level="near"))),
        steps=any_is_wrong("orange"),
        width=5,
    ),
    stat(
        "Sensitive time, 24 h",
        "All people together, sensitive and severe.",
        Unit.SECONDS,
        _exposed(),
        steps=NEUTRAL,
        width=5,
    ),
    stat(
        "a person, 24 h",
        "The same over the people active within 24 hours. A mean: some people have much more of it.",
        Unit.SECONDS,
        over(_exposed(), total(_pick(metrics.ACTIVE_RATERS, window="24h"))),
        steps=NEUTRAL,
        width=5,
    ),
    stat(
        "Share of time, 7 d",
        "Time on sensitive and severe content over all time on items.",
        Unit.SHARE,
        over(_exposed(window="7d"), total(_pick(metrics.EXPOSURE, window="7d"))),
        steps=NEUTRAL,
        decimals=1,
        width=4,
    ),
)

_WHERE = (
    table(
        "By vendor and queue, 24 hours",
        "Where the time is spent. `a person` is the mean over active people; near and over count people where most of "
        "their exposure was.",
        "vendor, queue",
        (
            column("time on it", Unit.SECONDS, _exposed("vendor, queue")),
            column(
                "a person",
                Unit.SECONDS,
                over(_exposed("vendor, queue"), total(_pick(metrics.ACTIVE_RATERS, window="24h"), "vendor, queue")),
            ),
            column("near", Unit.COUNT, _people("near")),
            column("over", Unit.COUNT, _people("over")),
        ),
        width=14,
        height=8,
    ),
    bars(
        "Time by sensitivity, 24 h",
        "Seconds on items by how sensitive their content is declared to be.",
        Unit.SECONDS,
        [("{{sensitivity}}", f"sort_desc({total(_pick(metrics.EXPOSURE, window='24h'), 'sensitivity')})")],
        low=0,
        width=10,
    ),
    lines(
        "Time on sensitive content in the hour before",
        "By vendor. A step up is new work of that kind: ask whether breaks came with it.",
        Unit.SECONDS,
        [("{{vendor}}", _exposed("vendor", "1h"))],
        low=0,
        stacked=True,
        width=12,
    ),
    lines(
        "People near or over the limit",
        "People at each moment. A wave at the end of a shift asks for breaks earlier in it.",
        Unit.COUNT,
        [
            ("near", or_zero(total(_pick(metrics.EXPOSED_RATERS, level="near")))),
            ("over", or_zero(total(_pick(metrics.EXPOSED_RATERS, level="over")))),
        ],
        low=0,
        width=12,
    ),
)
