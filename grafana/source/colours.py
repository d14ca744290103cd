"""What is well, what wants a look, what is wrong: colours by named thresholds."""

from grafana.source.spec import Steps
from grafana.source.thresholds import threshold

GOOD, LOOK, WRONG, PLAIN = "green", "orange", "red", "blue"


def low_is_wrong(look_below: str, wrong_below: str | None = None) -> Steps:
    """Green from the first bound up; below it orange, and red below the second."""
    if wrong_below is None:
        return Steps(LOOK, ((threshold(look_below), GOOD),))
    return Steps(WRONG, ((threshold(wrong_below), LOOK), (threshold(look_below), GOOD)))


def high_is_wrong(look_from: str, wrong_from: str | None = None) -> Steps:
    """Green up to the first bound; from it on orange, and red from the second."""
    more = () if wrong_from is None else ((threshold(wrong_from), WRONG),)
    return Steps(GOOD, ((threshold(look_from), LOOK), *more))


def any_is_wrong(colour: str = WRONG) -> Steps:
    """Green at nought only."""
    return Steps(GOOD, ((1.0, colour),))


NEUTRAL = Steps(PLAIN, ())
SKILL = low_is_wrong("skill_good", "skill_tentative")
KNOWN = low_is_wrong("known_right_low")
OVERTURNED = high_is_wrong("overturned_share", "overturned_share_high")
FLAGGED = high_is_wrong("flagged_share")
SUSPICION = high_is_wrong("watch_suspicion", "high_suspicion")
