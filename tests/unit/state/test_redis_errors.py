import pytest
from redis import exceptions
from redis._parsers.base import BaseParser

from stream.errors import StateError, Unavailable
from stream.state.redis_errors import meaning, refusal_code

# Replies as servers send them: Redis 7 and Valkey begin with the code, a script of Redis 6.2 has it in the middle.
REPLIES = [
    ("OOM command not allowed when used memory > 'maxmemory'. script: 49, on @user_script:8.", "OOM"),
    (
        "ERR Error running script (call to f_49): @user_script: 8: -OOM command not allowed when used memory > x.",
        "OOM",
    ),
    ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "MISCONF"),
    ("NOREPLICAS Not enough good replicas to write.", "NOREPLICAS"),
    ("READONLY You can't write against a read only replica.", "READONLY"),
    ("LOADING Redis is loading the dataset in memory", "LOADING"),
    ("BUSY Redis is busy running a script.", "BUSY"),
    ("MASTERDOWN Link with MASTER is down", "MASTERDOWN"),
    ("CLUSTERDOWN The cluster is down", "CLUSTERDOWN"),
    ("NOAUTH Authentication required.", "NOAUTH"),
    ("WRONGPASS invalid username-password pair or user is disabled.", "WRONGPASS"),
    ("ERR invalid password", "WRONGPASS"),
    ("NOPERM this user has no permissions to run the 'info' command", "NOPERM"),
    ("ERR The user executing the script can't run this command or subcommand script: 49", "NOPERM"),
    ("ERR ACL failure in script: User worker has no permissions to run the 'unlink' command", "NOPERM"),
    ("ERR max number of clients reached", "MAXCLIENTS"),
]


@pytest.mark.parametrize(("reply", "code"), REPLIES)
def test_replies_that_refuse_for_now_are_known_by_code(reply: str, code: str) -> None:
    error = BaseParser.parse_error(reply)
    assert refusal_code(error) == code
    found = meaning(error, "redis://here:6379")
    assert isinstance(found, Unavailable)
    assert f"({code})" in str(found)
    assert "redis://here:6379" in str(found)


@pytest.mark.parametrize(
    "error",
    [exceptions.ConnectionError("gone"), exceptions.TimeoutError("late"), ConnectionResetError(), OSError("net down")],
)
def test_a_server_out_of_reach_is_unavailable(error: Exception) -> None:
    assert isinstance(meaning(error, "here"), Unavailable)


def test_a_key_of_another_type_is_for_an_operator() -> None:
    error = BaseParser.parse_error("WRONGTYPE Operation against a key holding the wrong kind of value")
    assert isinstance(meaning(error, "here"), StateError)


def test_faults_of_the_program_have_no_meaning_here() -> None:
    assert meaning(BaseParser.parse_error("ERR wrong number of arguments for 'hset' command"), "here") is None
    assert meaning(exceptions.DataError("Invalid input"), "here") is None


def test_the_errors_own_text_is_not_repeated() -> None:
    error = exceptions.ResponseError("OOM in HSET key secret-rater")
    assert "secret-rater" not in str(meaning(error, "here"))
