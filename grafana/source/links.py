"""How boards lead to each other, to the case desk and to runbooks."""

from collections.abc import Mapping

from grafana.source.spec import Link

DESK = "http://127.0.0.1:8088"  # the hidden variable `desk` of every board; a deployment with another one builds anew
_TIME, _SOURCE = "${__url_time_range}", "${datasource:queryparam}&${job:queryparam}"

OVERVIEW, RATERS, QUEUE, COVERAGE = (f"raterwatch-{name}" for name in ("overview", "raters", "queue", "coverage"))
DATASET, CHANGES, VENDOR, RATER = (f"raterwatch-{name}" for name in ("dataset", "changes", "vendors", "rater"))
CARE, PIPELINE, ALERTS, CASES = (f"raterwatch-{name}" for name in ("care", "pipeline", "alerts", "cases"))


def to_board(uid: str, title: str, field: str = "", **variables: str) -> Link:
    """To a board, with the same time range and source. A variable's value may be a label of the clicked series."""
    return Link(title, f"/d/{uid}?{_TIME}&{_SOURCE}{_chosen(variables)}", field)


def beside(uid: str, title: str, **variables: str) -> Link:
    """The same as a link of the whole board, to which Grafana adds the time range itself."""
    return Link(title, f"/d/{uid}?{_SOURCE}{_chosen(variables)}")


def apart(uid: str, title: str) -> Link:
    """A link of the whole board to one about another job."""
    return Link(title, f"/d/{uid}?${{datasource:queryparam}}")


def to_queue(field: str = "queue") -> Link:
    """From a queue's name in a table."""
    return to_board(QUEUE, "This queue", field, queue="${__data.fields.queue}")


def to_vendor(field: str = "vendor") -> Link:
    """From a vendor's name in a table."""
    return to_board(VENDOR, "This vendor's scorecard", field, vendor="${__data.fields.vendor}")


def to_rater(field: str = "rater") -> Link:
    """From a pseudonym in a table."""
    return to_board(RATER, "All about this rater", field, rater="${__data.fields.rater}")


def to_case(field: str = "rater") -> Link:
    """To the case desk's cases of a rater."""
    return Link("Cases at the desk", "${desk}/cases?rater=${__data.fields.rater}&queue=${__data.fields.queue}", field)


def _chosen(variables: Mapping[str, str]) -> str:
    return "".join(f"&var-{name}={value}" for name, value in variables.items())
