from collections.abc import Iterable, Iterator

import msgspec

from stream.simulate.aftermath import Event


def encode_events(events: Iterable[Event]) -> Iterator[tuple[bytes, bytes]]:
    """Kafka key (item_id) and JSON value of each event."""
    encode = msgspec.json.Encoder().encode
    for event in events:
        yield event.item_id.encode(), encode(event)
