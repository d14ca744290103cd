"""A rendered board, and the labels of a rater and a finding on it."""

from stream.telemetry.board import Board
from tests.unit.telemetry.crowd import Crowd, name
from tests.unit.telemetry.reading import Exported


async def exported(board: Board, crowd: Crowd) -> Exported:
    board.enter("outcomes:0", crowd.raters)
    await board.refresh()
    return Exported.of(board)


def rater(number: int, **more: str) -> dict[str, str]:
    return {"rater": name(number), "queue": "toxicity", "vendor": "acme"} | more


def flagged(number: int, detector: str = "known_answers", site: str = "") -> dict[str, str]:
    return rater(number, detector=detector, mode="shadow", site=site)


def forgive(crowd: Crowd) -> None:
    """The known answers turn out to be the other ones: rater 2 was right."""
    for n in range(40):
        crowd.gold(f"item-{n}", ("no", "yes")[n % 2], revision=1)
    crowd.apply()
