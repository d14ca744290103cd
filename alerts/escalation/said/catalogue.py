"""The catalogue: gettext files, read as they are written, so that nothing has to be compiled before a start."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from stream.events import Sentence

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "ar": "العربية"}
FINDING = "finding"  # the context of the sentences that findings carry, named by their keys


class Tongue(NamedTuple):
    """One language: its sentences, and how it writes numbers and times."""

    language: str
    translations: NullTranslations
    zone: ZoneInfo = ZoneInfo("UTC")

    @property
    def locale(self) -> Locale:
        # English days as most of the world writes them: the day before the month.
        return Locale.parse("en_GB" if self.language == "en" else self.language)

    @property
    def direction(self) -> str:
        """Which way it is written: ltr or rtl."""
        return self.locale.text_direction

    def text(self, english: str, **params: object) -> str:
        """The sentence, with its parameters."""
        found = str(self.translations.gettext(english))
        return found.format(**params) if params else found

    def finding(self, sentence: Sentence) -> str:
        """What a finding says, here; its own English words where the catalogue has no others."""
        found = str(self.translations.pgettext(FINDING, sentence.key))
        return sentence.text if found == sentence.key else found.format(**sentence.params)

    def moment(self, at_ms: int | None) -> str:
        """Day and time in the reader's zone, which it names."""
        if at_ms is None:
            return "–"
        at = datetime.fromtimestamp(at_ms / 1_000, UTC).astimezone(self.zone)
        name = at.tzname() or "UTC"
        comma = "،" if self.direction == "rtl" else ","
        return f"{dates.format_skeleton('yMMMd', at, locale=self.locale)}{comma} {at:%H:%M} {name}"

    def until(self, at_ms: int, now_ms: int) -> str:
        """How far away a moment is: in 3 hours, 2 days ago."""
        away = timedelta(milliseconds=at_ms - now_ms)
        return dates.format_timedelta(away, add_direction=True, locale=self.locale)

    def iso(self, at_ms: int) -> str:
        """For machines that read the page."""
        return datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="seconds")

    def day(self, at_ms: int | None) -> str:
        """The day in the reader's zone."""
        if at_ms is None:
            return "–"
        at = datetime.fromtimestamp(at_ms / 1_000, UTC).astimezone(self.zone)
        return dates.format_skeleton("yMMMd", at, locale=self.locale)

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with as many digits behind the point; a dash for what is unknown."""
        if value is None:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return numbers.format_decimal(value, pattern, locale=self.locale)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of 0 to 1 in percent."""
        if share is None:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + " %"
        return numbers.format_percent(share, pattern, locale=self.locale)

    def in_zone(self, zone: ZoneInfo) -> "Tongue":
        """The same language, elsewhere."""
        return self._replace(zone=zone)


@cache
def tongue(language: str) -> Tongue:
    """The language; English for one that the catalogue does not have."""
    if language == "en" or language not in LANGUAGES:
        return Tongue("en", NullTranslations())
    with (files("alerts.escalation.said") / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Tongue(language, Translations(compiled))


def negotiated(accepted: str, preferred: str = "en") -> str:
    """The first language of an Accept-Language header that the catalogue has."""
    for wanted in _wanted(accepted):
        if wanted in LANGUAGES:
            return wanted
    return preferred if preferred in LANGUAGES else "en"


def _wanted(accepted: str) -> Sequence[str]:
    ranked: list[tuple[float, str]] = []
    for part in accepted[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), name.split("-")[0].lower()))
        except ValueError:
            continue
    return [name for _, name in sorted(ranked, key=lambda one: one[0])]
