"""The sentences that a finding carries: facts with numbers, no motive, nothing that accuses."""

from stream.events import Sentence

CATALOGUE = {
    "known_answers": (
        "On {n} items with a known answer, {share} % of the answers match it; here at least {threshold} % is usual."
    ),
    "unrelated_to_peers": (
        "On {n} items that others judged too, the answers agree with theirs hardly more than the queue's label mix "
        "alone would give: {share} % where {expected} % come by chance."
    ),
    "constant_answer": "{share} % of {n} answers are “{label}”; in the queue it is {usual} %.",
    "constant_set": (
        "Of the last {n} answers, {share} % are the same one; on the same items others agree with {agreement} %."
    ),
    "known_against_rest": (
        "{share} % of {n} answers are “{label}”, in the queue it is {usual} %; on {seen} items with a known answer "
        "{right} % of the answers match it."
    ),
    "inverted": (
        "On {n} items that others judged too, {share} % of the answers agree with theirs, where {expected} % come by "
        "chance: the labels may be swapped."
    ),
    "low_skill": (
        "On {n} items that others judged too, {share} % of the answers agree with theirs; in the queue {usual} % do."
    ),
    "changed": (
        "Since about judgment {since}, the answers no longer fit this rater's own past: {share} % of the last {n} "
        "agree with others on the same items, {before} % did before."
    ),
    "copying": (
        "Of {n} items that one other rater judged too, the answers to {agreements} are the same; {expected} would be "
        "usual. {minority} of them are answers that few others gave."
    ),
    # What stands beside a finding.
    "fast": (
        "Of the queue's answers to items of the same kind, {slower} % took longer than this rater's typical one "
        "({n} answers were timed)."
    ),
    "metronomic": "The times on {n} items spread by {share} % of what is usual for one rater here.",
    "inconsistent": (
        "Of {n} items that came back, {share} % got the same answer as before; in the queue {usual} % do."
    ),
    "known_gap": (
        "On {n} items with a known answer, {share} % of the answers match it; the {rest} other answers fit those of "
        "other raters much less than that."
    ),
    "known_gap_habit": (
        "On {n} items with a known answer, {share} % of the answers match it; of the {rest} other answers, "
        "{label_share} % are “{label}”."
    ),
    "known_gap_none": (
        "The answers to {n} items with a known answer and the {rest} others look like one way of working."
    ),
    "forgotten": "This finding was withdrawn: what was held of the rater has been erased.",
    # Of a queue, for whoever runs it.
    "gold_suspect": (
        "The known answer is “{known}”, which {fitting} of {n} answers match; {other} are “{label}”, mostly by raters "
        "whose answers elsewhere fit. Somebody should look at the item."
    ),
    "queue_shift": (
        "The mean belief in the queue's answers went {direction} some {hours} hours ago: from {before} % to {after} % "
        "({n} answers since)."
    ),
    "copying_two_labels": "With fewer than three labels copying cannot be told: two raters who err, err alike.",
    "copying_untold": "Raters rarely enough differ here, or share too few items so far, for copying to be told.",
    "copying_slow": "A copier stands out after about {items} items shared with one partner, more than {promised}.",
    "copying_told": "A copier stands out after about {items} items shared with one partner.",
    "shift_share": (
        "Agreement changed by {change} points in the last 24 hours against the six days before: {within} by the "
        "answers of vendors who work there all along, {mix} by how much of the work each vendor does."
    ),
}


def sentence(key: str, **params: float | str) -> Sentence:
    """The catalogue's sentence with its numbers, rendered in English."""
    text = CATALOGUE[key]
    said = {name: value for name, value in params.items() if "{" + name + "}" in text}
    return Sentence(key=key, params=said, text=text.format(**said))
