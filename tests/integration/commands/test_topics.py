import asyncio
import json

from stream.commands.topics import topics
from stream.settings import Settings
from stream.state.connect import open_store
from stream.transport.topics import look_up


def test_topics_are_made_once_then_verified_and_what_differs_is_named(servers):
    first = json.loads(servers.run(topics, "--make-key", "--json").stdout)
    assert all(topic["created"] and not topic["problems"] for topic in first["topics"])
    assert first["queues_file"]["published"]
    assert first["queues_file"]["partitions"] == 2

    again = servers.run(topics, "--json")
    assert again.exit_code == 0
    assert not any(topic["created"] or topic["problems"] for topic in json.loads(again.stdout)["topics"])

    other = servers.run(topics, "--partitions", 5)
    assert other.exit_code == 1
    assert "judgments has 2 partitions, 5 are set" in " ".join(other.output.replace("│", " ").split())


def test_the_queues_file_is_published_again_only_while_shards_lack_it(servers):
    async def fill():
        store = open_store(Settings(redis=servers.stack.redis.url).redis_access)
        try:
            await servers.crowd.store_in(store)
        finally:
            await store.close()

    servers.run(topics, "--make-key")
    asyncio.run(fill())
    published = json.loads(servers.run(topics, "--json").stdout)["queues_file"]
    assert published == {"published": False, "why": "all 2 shards hold these settings already"}
    assert json.loads(servers.run(topics, "--json", "--publish").stdout)["queues_file"]["published"]


def test_without_redis_the_queues_file_is_published_all_the_same(servers):
    servers.run(topics, "--make-key")
    result = servers.run(topics, "--json", "--redis", "redis://127.0.0.1:1")
    assert json.loads(result.stdout)["queues_file"]["published"]
    assert "not known" in result.stderr
    assert "judgments" in look_up(Settings(kafka=servers.stack.kafka.bootstrap).kafka_connection, ["judgments"])
