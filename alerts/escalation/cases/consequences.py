"""What may follow for a rater from a confirmed finding. One person enters it, a second signs; it can be undone."""

from enum import StrEnum


class ConsequenceKind(StrEnum):
    """From the mildest on. raterwatch does none of them: it keeps who decided what."""

    NONE = "none"
    COACHING = "coaching"
    RETRAINING = "retraining"
    REQUALIFICATION = "re-qualification"
    REMOVED_FROM_QUEUE = "removed from queue"
    VENDORS_OWN = "vendor's own"
