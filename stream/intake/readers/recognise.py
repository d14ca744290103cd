"""Which tool a file comes from: what was said, or what its first record shows."""

from typing import Final

from stream.errors import InputError
from stream.intake.readers.appen import Appen
from stream.intake.readers.argilla import Argilla
from stream.intake.readers.cvat import Cvat
from stream.intake.readers.label_studio import LabelStudio
from stream.intake.readers.label_studio_min import LabelStudioMin
from stream.intake.readers.mturk import MechanicalTurk
from stream.intake.readers.port import Reader, Record
from stream.intake.readers.prodigy import Prodigy
from stream.intake.readers.records import first_record
from stream.intake.readers.sagemaker import SageMaker
from stream.intake.readers.toloka import Toloka
from stream.intake.table import Reading

READERS: Final[tuple[type[Reader], ...]] = (
    LabelStudio,
    LabelStudioMin,
    Cvat,
    SageMaker,
    Toloka,
    MechanicalTurk,
    Appen,
    Argilla,
    Prodigy,
)
ROWS: Final = "rows"  # our own columns, or the columns that were mapped
FORMATS: Final = (ROWS, *(reader.name for reader in READERS))


def recognise(path: str, reading: Reading) -> type[Reader] | None:
    """The tool's reader; None for rows of our own columns.

    Raises InputError when the file is none of the format that was asked for, could come from two tools, or cannot be
    read at its very beginning.
    """
    if reading.format == ROWS or (reading.format is None and reading.maps_all):
        return None
    if reading.format is not None:
        return _asked_for(path, reading.format)
    found = readers_of(first_record(path))
    if len(found) > 1:
        names = " or ".join(f"--format {reader.name}" for reader in found)
        raise InputError(f"{path}: could be an export of {len(found)} tools; say which: {names}")
    return found[0] if found else None


def readers_of(first: Record | None) -> list[type[Reader]]:
    """All readers that would take a file whose first record this is."""
    return [] if first is None else [reader for reader in READERS if reader.recognises(first.fields)]


def _asked_for(path: str, name: str) -> type[Reader]:
    reader = next(reader for reader in READERS if reader.name == name)
    first = first_record(path)
    if first is not None and not reader.recognises(first.fields):
        raise InputError(f"{path}: {first.place}: not {reader.title}, which has {reader.needs}; check --format")
    return reader
