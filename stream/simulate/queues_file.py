import json
from collections.abc import Iterable, Iterator

from stream.simulate.places import QueueWorld, VendorWorld
from stream.simulate.world import World


def queues_file(world: World) -> str:
    """The queues.toml under which the world's events are read; `stream.intake.queues_file` loads it."""
    lines = [
        "# Written by `raterwatch simulate`: the queues and vendors of a made-up world.",
        f"accept_raw_ids = {json.dumps(world.pseudonyms == 'raw')}",
    ]
    for queue in world.queues:
        lines += ["", *_queue(queue)]
    for vendor in world.vendors:
        lines += ["", *_vendor(vendor)]
    return "\n".join(lines) + "\n"


def _queue(queue: QueueWorld) -> Iterator[str]:
    yield f"[queues.{_text(queue.name)}]"
    yield f"kind = {_text(queue.kind)}"
    yield f"labels = {_list(queue.labels)}"
    yield f"redundancy = {queue.redundancy}"
    yield f"sensitivity = {_text(queue.sensitivity)}"
    if queue.item_kinds:
        yield f"item_kinds = {_list(name for name, _ in queue.item_kinds)}"


def _vendor(vendor: VendorWorld) -> Iterator[str]:
    yield f"[vendors.{_text(vendor.name)}]"
    yield f"display_name = {_text(vendor.display_name)}"
    yield f"contract.target_accuracy = {vendor.target_accuracy}"
    yield f"contract.currency = {_text(vendor.currency)}"
    yield f"contract.cost_per_judgment = {_text(vendor.cost)}"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(_text(name) for name in names)}]"


def _text(value: str) -> str:
    """A JSON string is a TOML string too."""
    return json.dumps(value, ensure_ascii=False)
