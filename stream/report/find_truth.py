"""Where the truth about raters comes from in a backtest: a file, or the known answers in what was read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stream.backtest.rows import RaterRow
from stream.backtest.sources import Sources
from stream.report.answers import Answers
from stream.report.known_scores import chance_accuracy, known_answers, known_scores
from stream.report.truth import KnownScore, Truth, truth_of_file, truth_of_golds


def find_truth(told: Path | None, sources: Sources, rows: Sequence[RaterRow], answers: Answers, least: int) -> Truth:
    """The file's word where there is one; else accuracy on known answers of raters with `least` of them.

    Where the engine was run without the known answers, the sources are read once more for them.
    """
    if told is not None:
        return truth_of_file(told, sources.reading.pseudonym)
    if sources.with_golds:
        scores = {
            (row.rater_id, row.queue): KnownScore(row.gold_judgments, row.gold_accuracy)
            for row in rows
            if row.gold_accuracy is not None
        }
    else:
        scores = known_scores(answers, known_answers(replace(sources, with_golds=True)))
    return truth_of_golds(scores, chance_accuracy(answers.queues), least)
