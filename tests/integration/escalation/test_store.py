import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from alerts.escalation.cases.actions import Comment
from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import NotThere, Unmet
from alerts.escalation.store.audit import verify
from alerts.escalation.store.reading import CaseFilter, Cursor, comments_of, count_cases, list_cases
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import Table, TokenRow
from alerts.escalation.store.tokens import create_token, list_tokens, person_of, revoke_token
from stream.errors import SettingsError, Unavailable
from tests.escalation_world import ANA, BO, DAY_MS, DORA, LEE, RATER, World

ADMIN = Person("root", Role.ADMIN)


def test_the_migrations_make_the_tables_that_the_code_declares(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_opening_twice_and_at_once_is_fine(store: Store, store_url: str) -> None:
    opened = [threading.Thread(target=lambda: Store.open(store_url).close()) for _ in range(3)]
    for thread in opened:
        thread.start()
    for thread in opened:
        thread.join()


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@host/x"])
def test_an_address_that_is_none_says_what_is(url: str) -> None:
    with pytest.raises(SettingsError, match="sqlite"):
        Store.open(url)


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(Unavailable) as failure:
        Store.open("postgresql://cases:s3cret@127.0.0.1:9/cases")
    assert "s3cret" not in str(failure.value)


def test_an_error_in_a_transaction_leaves_nothing_of_it(world: World) -> None:
    case_id = world.opened()

    def fail_halfway() -> None:
        with world.store.writing() as session:
            create_token(session, ADMIN, ANA, "", 1, world.now_ms)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with world.store.reading() as session:
        assert list_tokens(session) == []
        assert comments_of(session, world.case(case_id), ours=True) == []


def test_many_who_write_at_once_make_one_chain(world: World, store_url: str) -> None:
    cases = [world.opened(number) for number in range(2, 6)]
    failures: list[BaseException] = []

    def write(case_id: str) -> None:
        own = World(Store.open(store_url))
        try:
            own.do(ANA, case_id, *(Comment(words=f"note {number}") for number in range(5)))
        except BaseException as error:  # noqa: BLE001 (an error of a thread is shown by the test)
            failures.append(error)
        finally:
            own.store.close()

    threads = [threading.Thread(target=write, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with world.store.reading() as session:
        assert verify(session).rows == 2 * len(cases) + 5 * len(cases)


def test_pages_follow_the_deadlines_and_leave_nothing_out(world: World) -> None:
    told = [world.notified(number) for number in (2, 3, 4)]
    untold = [world.opened(number) for number in (5, 6)]
    seen: list[str] = []
    cursor: Cursor | None = None
    with world.store.reading() as session:
        while True:
            page = list_cases(session, DORA, CaseFilter(), cursor, limit=2)
            seen += [case.id for case in page.cases]
            cursor = page.next
            if cursor is None:
                break
        assert count_cases(session, DORA, CaseFilter()) == 5
    assert sorted(seen[:3]) == sorted(told)
    assert sorted(seen[3:]) == sorted(untold)


def test_every_list_shows_only_what_the_person_may_see(world: World) -> None:
    case_id = world.notified()
    world.opened(2)

    def seen(person: Person) -> list[str]:
        with world.store.reading() as session:
            found = [case.id for case in list_cases(session, person, CaseFilter(ended=None)).cases]
            assert count_cases(session, person, CaseFilter(ended=None)) == len(found)
            return found

    assert len(seen(ANA)) == len(seen(Person("a", Role.AUDITOR))) == 2
    assert seen(LEE) == [case_id]
    assert seen(BO) == seen(RATER) == seen(Person("e", Role.ENGINEER)) == []
    assert seen(Person("w", Role.VENDOR_WELLNESS, "alba")) == []


def test_filters_narrow_a_list(world: World) -> None:
    world.notified(2)
    world.opened(3, detector="copying", state="critical")

    def count(**narrowed: object) -> int:
        with world.store.reading() as session:
            return count_cases(session, DORA, CaseFilter(**narrowed))  # type: ignore[arg-type]

    assert count(states=("notified",)) == 1
    assert count(detector="copying") == count(critical=True) == 1
    assert count(vendor="alba", queue="toxicity") == 2
    assert count(due_before_ms=world.now_ms + 30 * DAY_MS) == 1
    assert count(ended=True) == 0


def test_a_token_signs_in_until_it_ends_or_is_revoked_and_is_stored_as_a_hash(world: World) -> None:
    with world.store.writing() as session:
        made = create_token(session, ADMIN, LEE, "desk", 2, world.now_ms)
        other = create_token(session, ADMIN, DORA, "desk", 400, world.now_ms)
    with world.store.writing() as session:
        assert person_of(session, made.secret, world.now_ms) == LEE
        assert person_of(session, made.secret, world.now_ms + 2 * DAY_MS) is None
        assert person_of(session, made.secret + "x", world.now_ms) is None
        assert made.secret not in str([vars(row) for row in session.query(TokenRow)])
        revoke_token(session, ADMIN, other.id, world.now_ms)
        assert person_of(session, other.secret, world.now_ms) is None
        assert verify(session).rows == 3
        with pytest.raises(NotThere):
            revoke_token(session, ADMIN, "token-none", world.now_ms)


@pytest.mark.parametrize("days", [0, 401])
def test_a_token_without_an_end_is_refused(world: World, days: int) -> None:
    with world.store.writing() as session, pytest.raises(Unmet, match="1 to 400 days"):
        create_token(session, ADMIN, LEE, "", days, world.now_ms)
