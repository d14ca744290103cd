import msgspec
import pytest

from stream.events import EVENT_TYPES, ITEM_ID_CHARS, Control, Evidence, Finding, Gold, Judgment, Sentence

PLAIN = {
    "judgment_id": "j",
    "item_id": "i",
    "rater_id": "r",
    "queue": "q",
    "vendor": "v",
    "submitted_at": 1,
    "label": "cat",
}


def test_a_judgment_may_leave_out_its_type_and_writes_it() -> None:
    read = msgspec.json.decode(msgspec.json.encode(PLAIN), type=Judgment)
    assert msgspec.json.decode(msgspec.json.encode(read)) == PLAIN | {"type": "judgment"}


@pytest.mark.parametrize("name", [name for name in EVENT_TYPES if name != "judgment"])
def test_every_type_reads_under_its_own_name_only(name: str) -> None:
    assert EVENT_TYPES[name].__struct_config__.tag == name
    with pytest.raises(msgspec.ValidationError, match="type"):
        msgspec.convert(PLAIN | {"type": name}, Judgment)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("judgment_id", ""),
        ("rater_id", "x" * 129),
        ("item_id", "x" * (ITEM_ID_CHARS + 1)),
        ("label", "x" * 129),
        ("label", ["x"] * 33),
        ("label", ["x" * 129]),
        ("label", 1.5),
        ("label", True),
        ("duration_ms", -1),
        ("duration_ms", 86_400_001),
        ("revision", 2**31),
        ("submitted_at", -1),
        ("submitted_at", 253_402_300_800_000),
        ("outcome", "done"),
        ("stage", "test"),
        ("sensitivity", "mild"),
        ("currency", "EURO"),
        ("site", "x" * 129),
    ],
)
def test_a_value_outside_its_bounds_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(PLAIN | {field: value}, Judgment)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rater_id", "x" * 128),
        ("item_id", "x" * ITEM_ID_CHARS),
        ("label", ["x" * 128] * 32),
        ("label", 7),
        ("duration_ms", 86_400_000),
        ("revision", 2**31 - 1),
        ("submitted_at", "2024-05-01T12:00:00+02:00"),
    ],
)
def test_a_value_at_its_bounds_is_read(field: str, value: object) -> None:
    assert getattr(msgspec.convert(PLAIN | {field: value}, Judgment), field) == value


def test_a_gold_is_withdrawn_by_a_null_label_and_must_not_leave_it_out() -> None:
    gold = {"type": "gold", "queue": "q", "item_id": "i", "revision": 1, "at": 1}
    assert msgspec.convert(gold | {"label": None}, Gold).label is None
    with pytest.raises(msgspec.ValidationError, match="label"):
        msgspec.convert(gold, Gold)


def test_a_control_record_keeps_its_payload_as_it_came() -> None:
    raw = b'{"type":"control","source":"s","version":1,"at":1,"payload":{"b": 1, "a":[2]},"mac":"%s"}' % (b"0" * 64)
    assert bytes(msgspec.json.decode(raw, type=Control).payload) == b'{"b": 1, "a":[2]}'


def test_a_finding_survives_its_own_json() -> None:
    finding = Finding(
        id="f1",
        version=2,
        event="updated",
        queue="q",
        detector="constant_answers",
        state="needs_review",
        sentence=Sentence(key="constant", params={"label": "cat", "n": 25}, text="Gave cat on 100 % of 25 judgments."),
        opened_at=1,
        at=2,
        rater_id="r",
        measure=0.5,
        evidence=[Evidence(item_id="i", label=["a"], at=1, peers=3, peers_agree=0.25)],
        shadow=True,
    )
    assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding
