import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from stream.errors import StateError
from stream.policy.arming import Subject
from stream.policy.arming_audit import audit
from stream.policy.arming_book import ArmingBook, effect_ends_ms, joined
from stream.policy.arming_order import ORDERS_MAX, ArmingOrder, ArmingPayload
from stream.policy.declared import ShadowPolicy
from tests.unit.policy.orders import arm, days, disarm
from tests.unit.policy.test_arming import ORDERS

SUBJECTS = [Subject(q, v, d) for q in ("toxicity", "spam") for v in ("acme", "zenith") for d in ("copying", "changed")]


def book_of(*batches):
    book = ArmingBook().with_seen(["toxicity", "spam"], ["copying", "changed"], 0)
    for batch in batches:
        book = book.with_orders(ArmingPayload(orders=tuple(batch)))
    return book


def modes(book, day):
    return [book.standing(subject, ShadowPolicy(), days(day)).mode for subject in SUBJECTS]


@given(ORDERS, ORDERS, ORDERS)
def test_records_may_overtake_one_another_and_be_read_twice(first, second, third):
    book = book_of(first, second, third)
    assert book_of(third, first, second, first) == book
    assert book.orders == joined(first, second, third)


@given(ORDERS)
def test_an_order_without_effect_can_be_left_out(orders):
    lasting = [one for one in orders if (effect_ends_ms(one, orders) or days(40)) > days(35)]
    assert modes(book_of(lasting), 35) == modes(book_of(orders), 35)


def test_orders_without_effect_are_kept_for_13_months():
    old, kept = disarm(10, until=20, queue="spam"), disarm(21, until=31, queue="toxicity")
    assert joined([old, kept, arm(425)]) == (kept, arm(425))
    assert joined([old], [kept], [arm(415)]) == (old, kept, arm(415))


def test_an_order_in_force_is_kept_however_old():
    assert disarm(1, queue="spam") in joined([disarm(1, queue="spam"), arm(2_000)])


def test_too_many_orders_leave_out_the_oldest_without_effect():
    lasting = disarm(1, queue="spam")
    orders = [lasting, *(disarm(2 + n / 1_000, until=3, detector="copying") for n in range(ORDERS_MAX)), arm(4)]
    found = joined(orders)
    assert len(found) == ORDERS_MAX
    assert found == (lasting, *orders[3:])


def test_a_queue_keeps_the_moment_it_was_first_seen():
    book = ArmingBook().with_seen(["a"], ["changed"], 5).with_seen(["b", "a"], ["changed"], 9)
    assert (book.deployment_ms, book.queues, book.detectors) == (5, {"a": 5, "b": 9}, {"changed": 5})
    again = ArmingBook().with_seen(["a"], ["changed"], 5).with_seen(["a", "b"], [], 9)
    assert again.to_bytes() == book.to_bytes()


def test_a_book_survives_the_store():
    book = book_of([arm(1, until=9, queue="toxicity"), disarm(2)])
    assert ArmingBook.from_bytes(book.to_bytes()) == book


@pytest.mark.parametrize("data", [b"", b"\x01", msgspec.msgpack.encode((1, 3))])
def test_a_damaged_book_is_no_empty_one(data):
    with pytest.raises(StateError, match="raterwatch doctor"):
        ArmingBook.from_bytes(data)


def test_a_book_of_a_later_version_asks_for_its_release():
    with pytest.raises(StateError, match="schema 2, this version reads 1"):
        ArmingBook.from_bytes(msgspec.msgpack.encode((2, {"more": 1})))


def test_the_history_tells_orders_and_how_they_ended():
    trial, first, last = arm(1, until=3, queue="spam"), disarm(2), disarm(5)
    history = [(entry.at_ms / days(1), entry.what) for entry in audit((trial, first, last), days(9))]
    assert history == [(1, "armed"), (2, "disarmed"), (3, "ended"), (5, "replaced"), (5, "disarmed")]
    assert [entry.what for entry in audit((trial,), days(2))] == ["armed"]


@pytest.mark.parametrize("wrong", [{"mode": "off"}, {"reason": ""}, {"by": ""}, {"at_ms": -1}, {"queue": ""}])
def test_a_payload_with_a_wrong_order_is_refused_whole(wrong):
    order = {"mode": "armed", "at_ms": 1, "by": "M. Okafor", "reason": "tried out"}
    assert msgspec.convert({"orders": [order]}, ArmingPayload).orders == (ArmingOrder(**order),)
    with pytest.raises(ValueError, match=r"Expected|Invalid"):
        msgspec.convert({"orders": [order, order | wrong]}, ArmingPayload)


@given(some.integers(0, 3))
def test_an_order_says_in_words_what_it_names(count):
    names = dict(list({"queue": "spam", "vendor": "acme", "detector": "copying"}.items())[:count])
    words = str(arm(1, **names))
    assert all(f"{kind} {name}" in words for kind, name in names.items())
    assert names or words == "the whole deployment"
