from redis.asyncio.connection import Connection

from stream.state.wire import FastConnection, pack

# redis-py's own packing is the reference; the fast one must give the same bytes on the wire.
LENGTHS = [0, 1, 9, 10, 99, 100, 5_999, 6_001, 8_191, 8_192, 8_193, 70_000]
ARGUMENTS = [bytes([number]) * length for number, length in enumerate(LENGTHS)]
reference = Connection()
fast = FastConnection()


def test_packed_bytes_are_those_of_redis_py() -> None:
    for count in range(len(ARGUMENTS)):
        command: list[str | bytes] = ["EVALSHA", *ARGUMENTS[:count]]
        assert b"".join(fast.pack_command(*command)) == b"".join(reference.pack_command(*command))
        assert pack([b"EVALSHA", *ARGUMENTS[:count]]) == b"".join(reference.pack_command(*command))


def test_commands_with_other_arguments_are_left_to_redis_py() -> None:
    for command in [("PING",), ("SCRIPT FLUSH",), ("SCAN", 0, "MATCH", "ä*", "COUNT", 10), ("AUTH", "me", "word")]:
        assert b"".join(fast.pack_command(*command)) == b"".join(reference.pack_command(*command))


def test_a_pipeline_is_its_commands_one_after_the_other() -> None:
    commands = [("HMGET", b"key", b"field"), ("SCAN", 0)]
    assert b"".join(fast.pack_commands(commands)) == b"".join(reference.pack_commands(commands))
