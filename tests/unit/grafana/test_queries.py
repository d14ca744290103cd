"""Every query of every board, by the rules of Grafana's public dashboard linter and some of our own."""

import promql_parser
import pytest

from alerts.escalation import metrics as of_cases
from stream.telemetry import metrics as of_the_stream
from stream.telemetry.metrics import Kind
from tests.unit.grafana.committed import BOARDS, RATE_S, Query, queries, used_variables, variables

METRICS = of_the_stream.METRICS | of_cases.METRICS
QUERIES = [query for board in BOARDS for query in queries(board)]
each_query = pytest.mark.parametrize("query", QUERIES, ids=[query.where for query in QUERIES])

# Of the worker's process, by prometheus-client; ALERTS is Prometheus's own.
NOT_OURS = {"process_cpu_seconds_total", "process_resident_memory_bytes", "ALERTS"}
COUNTING = {"rate", "increase"}
# A histogram's parts are counters too.
PARTS = ("_bucket", "_sum", "_count")


@each_query
def test_a_query_parses(query: Query) -> None:
    query.parsed()


@each_query
def test_a_query_names_only_metrics_that_are_exported(query: Query) -> None:
    assert [one.name for one in query.selectors() if declared(one.name) is None and one.name not in NOT_OURS] == []


@each_query
def test_a_query_matches_and_groups_by_labels_that_the_metric_has(query: Query) -> None:
    for selector in query.selectors():
        metric = METRICS.get(declared(selector.name) or "")
        if metric is not None:
            matched = {matcher.name for matcher in selector.matchers.matchers}
            assert matched <= {*metric.labels, "job", "instance", "le"}, selector.name


@each_query
def test_a_query_is_restricted_to_the_chosen_jobs(query: Query) -> None:
    for selector in query.selectors():
        # Alerts come from rules, which aggregate the job away.
        if selector.name != "ALERTS":
            assert 'job=~"$job"' in str(selector)


@each_query
def test_the_pipelines_board_is_restricted_to_the_chosen_instances(query: Query) -> None:
    # The other boards add up what workers share: a part of a queue says nothing about it.
    if query.board["uid"] == "raterwatch-pipeline":
        chosen = [one for one in query.selectors() if one.name != "raterwatch_build_info"]
        assert all('instance=~"$instance"' in str(selector) for selector in chosen)


@each_query
def test_a_counter_is_only_read_as_a_rate_or_an_increase_over_the_interval_that_fits(query: Query) -> None:
    ranged = [node for node in query.nodes() if isinstance(node, promql_parser.MatrixSelector)]
    calls = [node for node in query.nodes() if isinstance(node, promql_parser.Call) and node.func.name in COUNTING]
    assert all(one.range.total_seconds() == RATE_S for one in ranged)
    assert len(calls) == len(ranged)
    counters = [one for one in query.selectors() if is_counter(one.name)]
    assert sorted(one.name for one in counters) == sorted(one.vector_selector.name for one in ranged)


@each_query
def test_a_query_uses_only_variables_of_its_board(query: Query) -> None:
    assert used_variables(query.expr) <= set(variables(query.board))


def test_every_variable_is_used() -> None:
    for board in BOARDS:
        asked = " ".join(query.expr for query in queries(board)) + str(board["templating"]) + str(board["links"])
        unused = {
            name
            for name in variables(board)
            if name not in used_variables(asked) and name not in {"datasource", "desk"}
        }
        assert unused == set(), board["uid"]


@pytest.mark.parametrize(
    "expr",
    ['rate(raterwatch_records_total{job=~"$job"}[5m])', 'sum(raterwatch_records_total{job=~"$job"})'],
)
def test_a_counter_that_is_read_otherwise_is_found(expr: str) -> None:
    with pytest.raises(AssertionError):
        test_a_counter_is_only_read_as_a_rate_or_an_increase_over_the_interval_that_fits(Query(BOARDS[0], "", expr))


def test_a_metric_that_nobody_exports_is_found() -> None:
    with pytest.raises(AssertionError):
        test_a_query_names_only_metrics_that_are_exported(Query(BOARDS[0], "", "sum(raterwatch_no_such_thing)"))


def declared(name: str | None) -> str | None:
    """The family that a series belongs to."""
    for part in ("", *PARTS):
        family = (name or "").removesuffix(part) if part else name or ""
        if family in METRICS and (not part or METRICS[family].kind == Kind.HISTOGRAM):
            return family
    return None


def is_counter(name: str | None) -> bool:
    family = METRICS.get(declared(name) or "")
    return (name or "").endswith("_total") or (family is not None and family.kind == Kind.HISTOGRAM)
