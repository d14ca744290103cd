"""What a rater's page and a scorecard count."""

from datetime import date, timedelta

from alerts.escalation.numbers.port import OwnNumbers, OwnPage, OwnRest, OwnWindow
from alerts.escalation.scorecards.port import DayCounts

OWN = OwnPage(
    queues=(
        OwnNumbers(
            queue="spam",
            windows=(
                OwnWindow("24h", 312, 0.74, 0.68, 0.79),
                OwnWindow("7d", 1_804, 0.77, 0.75, 0.79),
                OwnWindow("lifetime", 9_240, 0.81, 0.8, 0.82),
            ),
            usual_low=0.79,
            usual_high=0.88,
            minutes_sensitive_24h=71,
        ),
    ),
    rest=OwnRest(active_minutes_24h=212, minutes_without_break=35, hours_without_room=2),
)


def counts() -> list[DayCounts]:
    """February 2026: three vendors in spam, two in toxicity."""
    places = {"alba": ("spam", "toxicity"), "borea": ("spam", "toxicity"), "cassia": ("spam",)}
    found: list[DayCounts] = []
    for vendor, queues in places.items():
        for queue in queues:
            for day in range(28):
                at = date(2026, 2, 1) + timedelta(days=day)
                audited, known = 9 + day % 3, 14 + day % 4
                wrong = 1 + (day % 3 == 0) + (queue == "toxicity") - (vendor == "cassia" and day % 2)
                found.append(
                    DayCounts(
                        vendor=vendor,
                        queue=queue,
                        day=at,
                        judgments=1_150 + 13 * day,
                        audited=audited,
                        overturned=wrong,
                        known=known,
                        known_right=known - wrong,
                    )
                )
    return found
