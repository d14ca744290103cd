class Unreadable(ValueError):
    """What is wrong with a record and what to do about it; file and place are added where the record was read.

    The text must never quote a rater's id.
    """
