"""A scorecard as a paper for both sides. There is one of it in each language: nothing on it is for one side only."""

from dataclasses import dataclass

from alerts.escalation.papers.typeset import typeset
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.said.words import WORDS
from alerts.escalation.scorecards.card import Card, Share


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed for a side, and when; both None as long as nobody did."""

    by: str | None
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class ScorecardPaper:
    """What the paper says beside the card."""

    card: Card
    name: str  # what the vendor is called
    digest: str  # of the card: what the signatures are under
    issued_ms: int
    vendor: Signed
    ours: Signed


def scorecard_pdf(paper: ScorecardPaper, tongue: Tongue) -> bytes:
    """The PDF, its times in the tongue's zone; the same bytes for the same paper, tongue and version of this code."""
    card, _ = paper.card, tongue.text
    values = {
        "language": tongue.language,
        "title": f"{paper.name} · {card.period} · {_('Scorecard')}",
        "name": paper.name,
        "period": card.period,
        "first_day": card.first_day,
        "last_day": card.last_day,
        "digest": paper.digest,
        "conclusion": _(WORDS[f"conclusion.{card.conclusion}"]),
        "tiles": _tiles(card, tongue),
        "columns": _columns(tongue),
        "queues": _queues(card, tongue),
        "excluded": _excluded(card, tongue),
        "signing": [_("Side"), _("Signed by"), _("Signed on")],
        "signed": _signed(paper, tongue),
        "state": _state(paper, tongue),
        "words": {
            "scorecard": _("Scorecard"),
            "by_queue": _("By queue"),
            "method": _(
                "Intervals are Wilson's at 95 %. Adjusted for case mix: how the work would stand if every vendor had "
                "got the same queues. What all vendors reach together is told from three vendors on."
            ),
            "left_out": _("Left out"),
            "nothing_left_out": _("Nothing was left out but training, which never counts."),
            "signatures": _("Signatures"),
            "digest": _("Digest"),
        },
    }
    return typeset("scorecard.typ", values, _latest_ms(paper))


def _tiles(card: Card, t: Tongue) -> list[dict[str, str]]:
    _ = t.text
    checked, adjusted = _interval(card.checked, t), _interval(card.adjusted, t)
    alone = _("needs queues in which at least three vendors work")
    told = (
        (_("Right, of what was checked"), t.percent(card.checked.share, 1), checked),
        (_("Agreed accuracy"), t.percent(card.target, 1), _("by contract, weighted by what was checked")),
        (
            _("Adjusted for case mix"),
            t.percent(card.adjusted.share, 1),
            alone if card.adjusted.share is None else adjusted,
        ),
        (_("Audited at random"), t.percent(card.audit_share, 2), _("of {n} answers", n=t.number(card.judgments))),
    )
    return [{"name": name, "value": value, "why": why} for name, value, why in told]


def _columns(t: Tongue) -> list[str]:
    _ = t.text
    return [
        _("Queue"),
        _("Answers"),
        _("Audits"),
        _("Right on audits"),
        _("Known answers"),
        _("Right on them"),
        _("All vendors together"),
        _("Agreed"),
    ]


def _queues(card: Card, t: Tongue) -> list[dict[str, object]]:
    return [
        {
            "queue": line.queue,
            "judgments": t.number(line.judgments),
            "audits_n": t.number(line.audits.n),
            "audits": _share(line.audits, t),
            "known_n": t.number(line.known.n),
            "known": _share(line.known, t),
            "common": t.percent(line.common, 1),
            "target": t.percent(line.target, 1),
        }
        for line in card.queues
    ]


def _excluded(card: Card, t: Tongue) -> list[dict[str, str]]:
    return [
        {
            "queue": one.queue,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "reason": t.text(WORDS[one.reason]),
            "judgments": t.text("{n} answers", n=t.number(one.judgments)),
        }
        for one in card.excluded
    ]


def _signed(paper: ScorecardPaper, t: Tongue) -> list[dict[str, str]]:
    _ = t.text
    sides = ((_("Vendor"), paper.vendor), (_("Quality desk"), paper.ours))
    return [{"side": side, "by": one.by or _("not yet"), "at": t.moment(one.at_ms)} for side, one in sides]


def _state(paper: ScorecardPaper, t: Tongue) -> str:
    _ = t.text
    if paper.vendor.at_ms is None or paper.ours.at_ms is None:
        return _("Not signed by both sides yet: it can still change.")
    return _("Both sides have signed: it stays as it is.")


def _share(share: Share, t: Tongue) -> dict[str, str | None]:
    if share.share is None:
        return {"share": None}
    return {"share": t.percent(share.share, 1), "low": t.percent(share.low, 1), "high": t.percent(share.high, 1)}


def _interval(share: Share, t: Tongue) -> str:
    return f"{t.percent(share.low, 1)} – {t.percent(share.high, 1)} · n = {t.number(share.n)}"


def _latest_ms(paper: ScorecardPaper) -> int:
    """When it last changed, so that it bears no time of its own."""
    return max(paper.issued_ms, paper.vendor.at_ms or 0, paper.ours.at_ms or 0)
