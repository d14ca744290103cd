"""Progress of a search through all shards, on a terminal's standard error only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class SearchBar:
    """How many shards are done, and how many items were looked at."""

    def __init__(self, bar: Progress, what: str, shards: int) -> None:
        self._bar, self._items = bar, 0
        self._task = bar.add_task(what, total=shards, items=0)

    def looked_at(self, items: int) -> None:
        """So many further items."""
        self._items += items
        self._bar.update(self._task, items=self._items)

    def shard_done(self) -> None:
        """The next one follows."""
        self._bar.advance(self._task)


@contextmanager
def search_bar(what: str, shards: int) -> Iterator[SearchBar]:
    """Shown while the block runs."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("shards, {task.fields[items]:,} items"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield SearchBar(bar, what, shards)
