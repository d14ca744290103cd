import pytest

from stream.backtest.sources import Sources, declare_queues, survey_all
from stream.commands.bringing_queues import accepts_raw_ids, missing_queues, settings_with
from stream.commands.file_options import Opened
from stream.commands.publishing import Held
from stream.intake.directory import Directory
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.intake.queues import QueueSettings, Settings
from stream.intake.table import Reading


@pytest.fixture
def opened(tmp_path):
    def make(settings=None):
        settings = settings or Settings()
        path = tmp_path / "judgments.csv"
        path.write_text("item_id,rater_id,label\nx,ann,b\nx,bob,c\n")
        found = survey_all([str(path)], Reading())
        return Opened(
            sources=Sources((str(path),), Reading()),
            found=found,
            settings=declare_queues(found, settings),
            undeclared=tuple(name for name in found.queues if name not in settings.queues),
            pseudonyms=False,
        )

    return make


def held(*queues, accept_raw_ids=False, shards=2):
    directory = Directory.of(SettingsPayload(queues=queues, accept_raw_ids=accept_raw_ids))
    return [Held(number, 7, directory) for number in range(shards)]


def test_a_queue_that_no_shard_knows_is_missing(opened):
    assert missing_queues(opened(), []) == ["default"]
    assert missing_queues(opened(), [Held(0)]) == ["default"]
    assert settings_with(opened(), []).queues["default"].labels == ("b", "c")


def test_a_queue_that_all_shards_hold_is_not_published_again(opened):
    known = QueuePayload(name="default", labels=("b", "c"))

    assert missing_queues(opened(), held(known)) == []
    assert missing_queues(opened(), [*held(known), Held(2)]) == ["default"]


def test_queues_of_other_imports_stay_open(opened):
    other = QueuePayload(name="other", labels=("x", "y"), kind="ordinal", horizon_ms=5_000, vendors=("v",))
    queues = settings_with(opened(), held(other)).queues

    assert list(queues) == ["other", "default"]
    assert (queues["other"].kind, queues["other"].labels, queues["other"].vendors) == ("ordinal", ("x", "y"), ("v",))
    assert queues["other"].horizon_days * 86_400_000 == pytest.approx(5_000)


def test_new_labels_are_appended_to_a_queue_that_came_from_files(opened):
    before = held(QueuePayload(name="default", labels=("c", "a")))

    assert missing_queues(opened(), before) == ["default"]
    assert settings_with(opened(), before).queues["default"].labels == ("c", "a", "b")


def test_a_queue_in_the_queues_file_stays_as_its_owner_declared_it(opened):
    mine = opened(Settings(queues={"default": QueueSettings(labels=("c", "a"))}))

    assert missing_queues(mine, held(QueuePayload(name="default", labels=("c", "a")))) == []
    assert settings_with(mine, []).queues["default"].labels == ("c", "a")


def test_raw_ids_are_accepted_where_the_queues_file_or_every_shard_says_so(opened):
    queue = QueuePayload(name="default", labels=("b", "c"))

    assert not accepts_raw_ids(opened(), held(queue))
    assert accepts_raw_ids(opened(), held(queue, accept_raw_ids=True))
    assert accepts_raw_ids(opened(Settings(accept_raw_ids=True)), [])
    assert settings_with(opened(), held(queue, accept_raw_ids=True)).accept_raw_ids
