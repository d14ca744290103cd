"""What workers last said of a rater, remembered over a worker's death: nobody is cleared because a series vanished."""

from stream.telemetry.options import BoardOptions

WHO = "rater, queue, vendor"
SUSPECT, CRITICAL = "raterwatch:rater_suspect:max", "raterwatch:rater_critical:max"

# A worker exports a cleared rater's 0 for so long; a restart or a takeover is over long before.
MEMORY = f"{BoardOptions().cleared_for_s}s"


def told(series: str, by: str = WHO) -> str:
    """Whom the newest value of a recorded series names."""
    return f"max by ({by}) (last_over_time({series}[{MEMORY}])) == 1"
