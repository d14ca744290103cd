"""The sentences that a finding carries: facts with numbers, no motive, nothing that accuses."""

from stream.events import Sentence

CATALOGUE = {
    "gold_accuracy": (
        "On {n} items with a known answer, {share} % of the answers match it; here at least {threshold} % is usual."
    ),
    "unrelated_to_peers": (
        "On {n} items that others judged too, the answers agree with theirs hardly more than the queue's label mix "
        "alone would give: {share} % where {expected} % come by chance."
    ),
    "constant_answer": (
        "Of the last {n} answers, {share} % are the same one; on the same items others agree with {agreement} %."
    ),
}


def sentence(key: str, **params: float) -> Sentence:
    """The catalogue's sentence with its numbers, rendered in English."""
    return Sentence(key=key, params=dict(params), text=CATALOGUE[key].format(**params))
