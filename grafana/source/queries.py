"""PromQL from declared metrics: a board can only name what raterwatch exports."""

from stream.telemetry.metrics import BUILD, Metric

RATE = "$__rate_interval"


class Picking:
    """Selects series by the variables of a board. Called with a metric, it answers a selector.

    >>> Picking("queue")(BUILD)
    'raterwatch_build_info{job=~"$job"}'
    """

    def __init__(self, *variables: str) -> None:
        self._variables = variables

    def __call__(self, metric: Metric, suffix: str = "", /, **matchers: str) -> str:
        """`suffix` is a histogram's: _bucket, _sum or _count. A variable restricts what has its label; a matcher that
        begins with ~ is a regular expression.
        """
        names = (*metric.labels, "instance")
        chosen = [f'{name}=~"${name}"' for name in self._variables if name in names and name not in matchers]
        fixed = [
            f'{name}=~"{value[1:]}"' if value[0] == "~" else f'{name}="{value}"' for name, value in matchers.items()
        ]
        matching = ", ".join(['job=~"$job"', *chosen, *fixed])
        return f"{metric.name}{suffix}{{{matching}}}"


def total(selector: str, by: str = "") -> str:
    """Summed over everything but `by`."""
    return f"sum{_by(by)} ({selector})"


def one_each(selector: str, by: str) -> str:
    """One value for each `by`: while a shard moves, two workers may tell of the same rater."""
    return f"max{_by(by)} ({selector})"


def rate(selector: str, by: str = "") -> str:
    """Events a second."""
    return total(f"rate({selector}[{RATE}])", by)


def quotient(part: str, whole: str, by: str = "") -> str:
    """Sums divided; absent where there is nothing to divide by."""
    return over(total(part, by), total(whole, by))


def over(part: str, whole: str) -> str:
    """Divided; absent where there is nothing to divide by."""
    return f"({part}) / (({whole}) > 0)"


def or_zero(expr: str) -> str:
    """0 where nothing is there to be counted; still absent when no worker is there to count."""
    return f"({expr}) or on () 0 * count({Picking()(BUILD)})"


def or_none(expr: str, label: str) -> str:
    """A 0 that is called "none" where nothing is there to be told apart by a label; absent when no worker is there."""
    return f'({expr}) or on () label_replace(0 * count({Picking()(BUILD)}), "{label}", "none", "", "")'


def counted(part: str, whole: str, by: str = "") -> str:
    """How many, 0 where none of those there are: `part` and `whole` are selectors of counts."""
    return f"{total(part, by)} or 0 * {total(whole, by)}"


def quantile(share: float, histogram: str, by: str = "") -> str:
    """The value that a share of the latest observations stays below; `histogram` selects _bucket series."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, {rate(histogram, labels)})"


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""
