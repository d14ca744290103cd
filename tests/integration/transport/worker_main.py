"""A worker process for the tests: the product's composition around the counting stages.

argv[1] is JSON: `settings` as stream.settings names them, `limits` as RunnerLimits does.
"""

import json
import logging
import sys
from collections.abc import Mapping

import uvloop

from stream.app import StageOf, run_worker
from stream.settings import Settings
from stream.stages.port import Stage
from stream.transport.limits import RunnerLimits
from stream.transport.port import Partition
from stream.transport.topics import TopicFacts
from tests.integration.transport.counting_stage import CountingItems, CountingRaters


def main(settings: Settings, limits: RunnerLimits) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    uvloop.run(run_worker(settings, limits, counting_stages))


def counting_stages(settings: Settings, facts: Mapping[str, TopicFacts]) -> StageOf:
    sources, destinations = facts[settings.judgments].partitions, facts[settings.outcomes].partitions

    def make(partition: Partition) -> Stage:
        if partition.topic == settings.judgments:
            return CountingItems(partition.number, destinations, cache=settings.cached_items // sources)
        return CountingRaters(partition.number, cache=settings.cached_raters // destinations)

    return make


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    main(Settings(**given["settings"]), RunnerLimits(**given["limits"]))
