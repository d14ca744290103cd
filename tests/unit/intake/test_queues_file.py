from pathlib import Path

import msgspec
import pytest

from stream.errors import SettingsError
from stream.events import Control
from stream.intake.control import ControlKey, verify
from stream.intake.directory import Directory, Fold
from stream.intake.queues import ContractSettings, QueueSettings, Settings, VendorSettings
from stream.intake.queues_file import load_settings, parse_settings
from stream.intake.settings_control import payload_of, settings_control

EXAMPLE = Path(__file__).parents[3] / "docs" / "queues.example.toml"


def test_the_example_of_the_documents_loads() -> None:
    settings = load_settings(EXAMPLE)
    assert {queue.kind for queue in settings.queues.values()} == {"nominal", "ordinal", "set"}
    assert settings.vendors["acme"].contract.target_accuracy == 0.95
    assert [queue.name for queue in Directory.of(payload_of(settings)).queues] == list(settings.queues)


def test_the_example_shows_every_setting() -> None:
    text = EXAMPLE.read_text()
    fields = {*QueueSettings.__struct_fields__, *ContractSettings.__struct_fields__, *Settings.__struct_fields__}
    assert [name for name in fields if name not in text] == []


def test_what_is_left_out_has_its_default() -> None:
    settings = parse_settings('[queues.q]\nlabels = ["a", "b"]\n[vendors.v]')
    queue = settings.queues["q"]
    assert (queue.kind, queue.redundancy, queue.horizon_days, queue.sensitivity) == ("nominal", 3, 14, "none")
    assert settings.vendors == {"v": VendorSettings()}
    assert (settings.time_zone, settings.accept_raw_ids) == ("UTC", False)
    assert parse_settings("") == Settings()


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("accept_raw = true", "accept_raw", "allowed here: accept_raw_ids, queues, time_zone, vendors"),
        ('[queues.q]\nlables = ["a"]', "queues.q.lables", "allowed here: display_name, horizon_days"),
        ("[vendors.v]\nsla = 3", "vendors.v.sla", "allowed here: contract, display_name, time_zone"),
        ("[vendors.v.contract]\nprice = 3", "vendors.v.contract.price", "allowed here: cost_per_correct_max"),
        ("[queues.q]", "queues.q", "labels"),
        ('[queues.q]\nlabels = "ab"', "queues.q.labels", "Expected `array`"),
        ("[queues.q]\nlabels = []", "queues.q.labels", "length >= 1"),
        ('[queues.q]\nlabels = ["a", 3]', "queues.q.labels[1]", "Expected `str`"),
        ('[queues.q]\nlabels = ["a", "a"]', "queues: queue 'q'", "declared twice"),
        ('[queues.q]\nlabels = ["a"]\nkind = "bag"', "queues.q.kind", "is one of nominal, ordinal, set"),
        ('[queues.q]\nlabels = ["a"]\nredundancy = 0', "queues.q.redundancy", ">= 1"),
        ('[queues.q]\nlabels = ["a"]\nhorizon_days = 0', "queues.q.horizon_days", "> 0"),
        ('[queues.q]\nlabels = ["a"]\nvendors = ["v"]', "queues.q.vendors", "add [vendors.v]"),
        ('[queues.q]\nlabels = ["a"]\ntime_zone = "Mars/Base"', "queues.q.time_zone", "such as Europe/Berlin"),
        ('[queues.""]\nlabels = ["a"]', "queues.", "1 to 128 characters"),
        ("queues = 3", "queues", "write [queues.NAME]"),
        ("[queues]\nq = 3", "queues.q", "write [queues.q]"),
        ("[vendors.v]\ncontract = 3", "vendors.v.contract", "write [vendors.v.contract]"),
        ("[vendors.v.contract]\ntarget_accuracy = 95", "vendors.v.contract.target_accuracy", "<= 1"),
        ('[vendors.v.contract]\ncurrency = "eur"', "vendors.v.contract.currency", "such as EUR"),
        ('[vendors.v.contract]\ncost_per_judgment = "1"', "vendors.v.contract.currency", "needed beside"),
        (
            '[vendors.v.contract]\ncurrency = "EUR"\ncost_per_judgment = "1,5"',
            "vendors.v.contract.cost_per_judgment",
            "decimal",
        ),
        ('time_zone = "../../etc/passwd"', "time_zone", "such as Europe/Berlin"),
        ("x = 1\n[queues]]", "not TOML", "line 2"),
    ],
)
def test_a_wrong_setting_stops_the_start_naming_file_key_and_remedy(text: str, place: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, "etc/queues.toml")
    assert str(caught.value).startswith(f"etc/queues.toml: {place}")
    assert remedy in str(caught.value)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe4")
    with pytest.raises(SettingsError, match=r"latin\.toml: cannot be read"):
        load_settings(tmp_path / "latin.toml")


def test_the_control_record_carries_the_settings_into_a_directory(key: ControlKey) -> None:
    settings = load_settings(EXAMPLE)
    record = msgspec.json.decode(settings_control(settings, 7, 1_700_000_000_000, key), type=Control)
    assert verify(key, record)
    directory = Directory(key)
    assert directory.apply(record) is Fold.APPLIED
    archive = directory.queues[directory.row("archive-2023")]
    assert archive.horizon_ms == 1000 * 86_400_000
    assert directory.queues[directory.row("toxicity")].vendors == {"acme", "zenith"}
    assert directory.queues[directory.row("relevance")].redundancy == 5
    assert directory.version("settings") == 7
