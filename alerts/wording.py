"""Words that accuse a person: none may stand in a text that leaves the team."""

import re

_ACCUSING = re.compile(
    r"\b(cheat\w*|fraud\w*|fak(?:e|es|ed|ing)|spam\w*|laz(?:y|iness)|dishonest\w*|guilt\w*|culprit\w*|offend\w*|"
    r"misconduct|abus(?:e|ed|es|er|ing|ive)|suspect(?:s|ed)?|suspicious\w*|negligen\w*|careless\w*|bot|bots|"
    r"punish\w*|penalt\w*|liar|lying|scam\w*|steal\w*|bad raters?|poor raters?)\b",
    re.IGNORECASE,
)
# The same in the other languages of the catalogue.
_ACCUSING_ELSEWHERE = re.compile(
    r"\b(betrug\w*|betrüg\w*|betrogen|schwindel\w*|schummel\w*|gefälscht\w*|fälsch(?:t|en|er\w*|ung\w*)|faul(?:e\w*|heit)?|"
    r"verdächtig\w*|verdacht\w*|schuldig\w*|täter\w*|unehrlich\w*|nachlässig\w*|strafe\w*|bestraf\w*|lügner\w*|lüge\w*)\b|"
    r"(احتيال|محتال|غشاش|الغش|كاذب|كذب|مذنب|مشبوه|مشتبه|كسول|مهمل|تزوير|عقاب|عقوبة)",
    re.IGNORECASE,
)
_CODE = re.compile(r"\{\{.*?\}\}|`[^`]*`|\b[a-z]+(?:_[a-z]+)+\b", re.DOTALL)


def accusing_words(text: str) -> list[str]:
    """What to say otherwise ("needs review", "unusual pattern"). Code inside the text is not read by people."""
    plain = _CODE.sub(" ", text)
    return sorted({found[0].lower() for rule in (_ACCUSING, _ACCUSING_ELSEWHERE) for found in rule.finditer(plain)})
