"""How often a detector's findings are right, as people decided, and whether it may still open cases.

    p = confirmed / (confirmed + cleared)
    low = (p + z²/2n - z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n),  z = 1.2816

`low` is Wilson's one-sided 90 % lower bound (E. B. Wilson, 1927): at a true precision below it, so many confirmations
would come in one of ten cases. Read it as "at least so precise, with 90 % confidence". Silence of a vendor and findings
that fell with a known answer of ours, say nothing about a detector and are in neither count.
"""

from dataclasses import dataclass
from math import comb, sqrt

Z90 = 1.2815515655446004  # the standard normal's .9 quantile
LEAST_DECIDED = 20
FLOOR = 0.5
UNUSUAL = 0.05  # share of usual raters that a blind sample may make look unusual


@dataclass(frozen=True, slots=True)
class Precision:
    """Of one detector; `value` and `low` in 0 to 1, None without a decision."""

    detector: str
    confirmed: int
    cleared: int

    @property
    def decided(self) -> int:
        return self.confirmed + self.cleared

    @property
    def value(self) -> float | None:
        return self.confirmed / self.decided if self.decided else None

    @property
    def low(self) -> float | None:
        return wilson_low(self.confirmed, self.decided) if self.decided else None

    @property
    def only_watches(self) -> bool:
        """Whether it shows on boards only: after 20 decisions its lower bound is below a half."""
        return self.decided >= LEAST_DECIDED and self.low is not None and self.low < FLOOR


@dataclass(frozen=True, slots=True)
class BlindResult:
    """A rater whose items were judged again by somebody who did not know whose they were."""

    flagged: bool
    same: int  # items on which both said the same
    n: int  # items judged again


@dataclass(frozen=True, slots=True)
class BlindPrecision:
    """What re-judging says: of how many flagged raters the answers were unusual, and of how many others."""

    flagged: int
    flagged_unusual: int
    others: int
    others_unusual: int
    usual_same: float | None  # share of the others' answers that were given again


def blind_precision(results: list[BlindResult]) -> BlindPrecision:
    """A rater is unusual whose answers were given again as rarely as those of 5 % of usual raters, at most, would be.

    What is usual is read off the raters who were not flagged, and needs some of them.
    """
    flagged = [one for one in results if one.flagged and one.n]
    others = [one for one in results if not one.flagged and one.n]
    judged = sum(one.n for one in others)
    usual = sum(one.same for one in others) / judged if judged else None

    def unusual(some: list[BlindResult]) -> int:
        return sum(usual is not None and binomial_tail(one.same, one.n, usual) <= UNUSUAL for one in some)

    return BlindPrecision(len(flagged), unusual(flagged), len(others), unusual(others), usual)


def wilson_low(successes: int, n: int, z: float = Z90) -> float:
    """The lower bound above."""
    p = successes / n
    middle = p + z * z / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n))


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X <= k) of a binomial variable."""
    return sum(comb(n, at) * p**at * (1 - p) ** (n - at) for at in range(k + 1))
