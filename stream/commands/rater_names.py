"""Ids that people type: a raw one must not get into logs, and is not repeated."""

from stream.errors import InputError
from stream.intake.pseudonyms import looks_like_pseudonym


def check_pseudonym(rater_id: str) -> None:
    """Raises InputError for anything but a pseudonym."""
    if not looks_like_pseudonym(rater_id):
        raise InputError(
            "this is no pseudonym: turn a raw id into one with `raterwatch pseudonym --key FILE`, and take care that "
            "raw ids stay out of shell histories"
        )
