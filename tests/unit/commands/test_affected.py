import csv
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from stream.commands.affected import affected
from stream.commands.backtest import backtest
from stream.commands.log_reader import MemoryLogReader
from stream.commands.rater import rater
from stream.errors import InputError, Unavailable
from stream.simulate import Behaviour, CrowdSettings, World, simulate
from stream.simulate.everyday import QUEUES
from stream.simulate.folder import write_folder
from tests.oracle.flips import flips, standing

SINGLE = [queue for queue in QUEUES if queue.kind != "set"][:3]
LABELS = {queue.name: list(queue.labels) for queue in QUEUES}


class Simulated:
    """A crowd with one rater who always gives the same answer, as files, and what a backtest makes of it."""

    def __init__(self, folder):
        mix = {Behaviour.CAREFUL: 0.6, Behaviour.SLOPPY: 0.3, Behaviour.CONSTANT_ANSWER: 0.1}
        queues = tuple(replace(queue, redundancy=3) for queue in SINGLE)
        world = World(judgments=2_400, queues=queues, crowd=CrowdSettings(raters=10, behaviours=mix))
        write_folder(simulate(world, 11), folder)
        self.events, self.queues = folder / "judgments.jsonl", folder / "queues.toml"
        with (folder / "truth_raters.csv").open(newline="") as file:
            self.constant = next(
                row["rater_id"] for row in csv.DictReader(file) if row["behaviour"] == "constant_answer"
            )
        result = CliRunner().invoke(
            backtest, [str(self.events), "--queues", str(self.queues), "--out", str(folder / "report")]
        )
        assert result.exit_code == 0, result.output
        with (folder / "report" / "raters.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.accuracy = {(row["rater_id"], row["queue"]): float(row["accuracy"]) for row in rows}
        lines = (folder / "report" / "findings.jsonl").read_text().splitlines()
        self.findings = [json.loads(line) for line in lines]

    def affected(self, *arguments):
        files = "--from-files", str(self.events), "--queues", str(self.queues)
        return CliRunner().invoke(affected, [*map(str, arguments), *files])


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return Simulated(tmp_path_factory.mktemp("affected"))


def hanging(told):
    return {(one["queue"], one["item_id"]) for queue in told for one in queue["items"] if one["flips"]}


def test_of_a_constant_rater_exactly_the_items_whose_consensus_flips_are_listed(simulated):
    result = simulated.affected(simulated.constant, "--since", "first", "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    expected = flips(simulated.events, simulated.constant, simulated.accuracy, LABELS)
    assert len(expected) > 20
    assert hanging(told) == expected
    assert sum(queue["flips"]["items"] for queue in told) == len(expected)


def test_a_finding_names_rater_and_queue_and_costs_are_counted(simulated):
    finding = next(one for one in simulated.findings if one["rater_id"] == simulated.constant)
    [told] = json.loads(simulated.affected("--finding", finding["id"], "--json").stdout)

    answers = standing(simulated.events)
    mine = [
        answer
        for (queue, _), some in answers.items()
        for answer in some
        if queue == finding["queue"] and answer["rater_id"] == simulated.constant
    ]
    prices = sorted(
        float(one["cost"]) for (queue, _), some in answers.items() for one in some if queue == finding["queue"]
    )
    assert (told["rater"], told["queue"], told["since_ms"]) == (simulated.constant, finding["queue"], None)
    assert told["all"]["items"] == len(mine)
    assert told["all"]["own_cost"] == pytest.approx(sum(float(one["cost"]) for one in mine))
    assert told["price"] == pytest.approx((prices[(len(prices) - 1) // 2] + prices[len(prices) // 2]) / 2)
    assert told["all"]["fresh_cost"] == pytest.approx(told["price"] * len(mine))
    assert told["no_longer_held"] == 0


def test_the_list_is_written_and_shown_without_accusing(simulated, tmp_path):
    result = simulated.affected(simulated.constant, "--since", "first", "--out", tmp_path / "again.csv")

    with (tmp_path / "again.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["queue"], row["item_id"]) for row in rows if row["flips"] == "true"} == flips(
        simulated.events, simulated.constant, simulated.accuracy, LABELS
    )
    assert "hang on this rater" in result.output
    assert not [word for word in ("wrong", "fraud", "suspect", "bad") if word in result.output.lower()]


def test_without_costs_in_the_files_none_are_told(tmp_path):
    rows = [f"i{n // 3},r{n % 3},{'ab'[n % 2]}" for n in range(30)]
    (tmp_path / "crowd.csv").write_text("\n".join(["item_id,rater_id,label", *rows]))

    arguments = ["r1", "--since", "first", "--from-files", str(tmp_path / "crowd.csv"), "--json"]
    [told] = json.loads(CliRunner().invoke(affected, arguments).stdout)

    assert (told["all"]["own_cost"], told["all"]["fresh_cost"], told["price"]) == (None, None, None)
    assert "10 of 10 answers came without a cost; the producer sends no cost" in told["all"]["why"]
    assert told["items"][0]["cost"] is None


@pytest.fixture
def flagged(crowd):
    return next(finding for stage in crowd.rater_stages for finding in stage.findings.values() if finding.evidence)


@pytest.fixture
def log(crowd):
    return MemoryLogReader({number: [record.value for record in records] for number, records in enumerate(crowd.logs)})


def test_a_deployment_lists_exactly_the_items_that_hang_on_the_rater(invoke, crowd, log, flagged, tmp_path):
    told = json.loads(invoke(affected, "--finding", flagged.id, "--json", log=log).stdout)

    events = tmp_path / "events.jsonl"
    lines = [record.value for records in crowd.logs for record in records[1:]]
    events.write_bytes(b"\n".join(lines))
    accuracy = {}
    for one in {judged["rater_id"] for some in standing(events).values() for judged in some}:
        shown = json.loads(invoke(rater, one, "--json").stdout)
        for queue in shown["queues"]:
            if not queue["training"]:
                accuracy[one, queue["queue"]] = queue["suspicion_parts"]["accuracy"]
    expected = {place for place in flips(events, flagged.rater_id, accuracy, LABELS) if place[0] == flagged.queue}
    assert expected
    assert hanging(told) == expected
    judged = [
        answer
        for (queue, _), some in standing(events).items()
        for answer in some
        if (queue, answer["rater_id"]) == (flagged.queue, flagged.rater_id)
    ]
    assert told[0]["all"]["items"] == len(judged)
    assert told[0]["no_longer_held"] == 0


def test_a_finding_that_has_closed_is_found_in_the_log(invoke, crowd, log, flagged):
    closed = MemoryLogReader(log._judgments, [replace_id(flagged, "gone")])

    [told] = json.loads(invoke(affected, "--finding", "gone", "--json", log=closed).stdout)

    assert (told["rater"], told["queue"]) == (flagged.rater_id, flagged.queue)


def replace_id(finding, name):
    import msgspec  # noqa: PLC0415

    return msgspec.structs.replace(finding, id=name, version=finding.version + 1, event="closed")


def test_without_a_log_only_the_latest_items_have_names(invoke, flagged):
    class Away(MemoryLogReader):
        def item_names(self, partition, since_ms=None):
            raise Unavailable("Kafka does not answer")

    result = invoke(affected, flagged.rater_id, "--since", "first", "--queue", flagged.queue, "--json", log=Away({}))

    [told] = json.loads(result.stdout)
    named = [one["item_id"] is not None for one in told["items"]]
    assert any(named)
    assert "named by their key" in result.stderr


def test_items_that_are_forgotten_are_counted_as_no_longer_held(invoke, store, flagged, log):
    whole = json.loads(invoke(affected, "--finding", flagged.id, "--json", log=log).stdout)[0]["all"]["items"]
    for number in range(2):
        items = store._shards[f"judgments:{number}"].keys
        for key in [key for key in items if key.startswith("items:")]:
            items[key] = dict(list(items[key].items())[::2])

    [told] = json.loads(invoke(affected, "--finding", flagged.id, "--json", log=log).stdout)
    assert told["all"]["items"] < whole
    # Repeats of the own answer are answers too, so the sum may be larger than the number of items.
    assert told["no_longer_held"] >= whole - told["all"]["items"] > 0

    arguments = flagged.rater_id, "--since", "2026-01-06T00:00:00Z", "--queue", flagged.queue, "--json"
    [told] = json.loads(invoke(affected, *arguments, log=log).stdout)
    assert told["no_longer_held"] is None
    assert told["no_longer_held_why"].startswith("0 to ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either a rater or"),
        (["ID"], "since when?"),
        (["ID", "--since", "change"], "no finding is open that tells of a change"),
        (["ID", "--since", "first", "--queue", "nowhere"], "nothing is known of this rater's work in queue 'nowhere'"),
        (["--finding", "none"], "no finding none is open"),
        (["--finding", "none", "--since", "first"], "leave --since out"),
        (["ann@example.org", "--since", "first"], "no pseudonym"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(invoke, flagged, arguments, message):
    result = invoke(affected, *[flagged.rater_id if one == "ID" else one for one in arguments])

    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


def test_a_moment_is_a_time_with_offset(invoke, flagged):
    assert "say change, first" in invoke(affected, flagged.rater_id, "--since", "yesterday").output
