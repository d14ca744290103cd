"""A template and values to a PDF. Nothing of the machine enters it: own fonts, a given time, no files, no network.

The result is PDF/UA-1: it has a title, a language, tagged headings and tables with header cells, and text that can be
read aloud and copied. The compiler checks that and refuses what is not.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

import msgspec
import typst

_HERE = files("alerts.escalation.papers")
_NO_GLYPH = "could not be displayed"


def typeset(template: str, values: Mapping[str, object], made_ms: int) -> bytes:
    """The PDF. `template` names a file beside this one, which sees `values` as JSON in `sys.inputs.values`.

    A name in a script that our fonts do not have is set in the machine's fonts. Such a paper is tagged all the same,
    but does not call itself PDF/UA where a sign has no shape at all.
    """
    source, given = (_HERE / template).read_bytes(), {"values": msgspec.json.encode(values).decode()}
    try:
        return typst.compile(
            source,
            font_paths=_own_fonts(),
            ignore_system_fonts=True,
            sys_inputs=given,
            pdf_standards="ua-1",
            timestamp=made_ms // 1_000,
        )
    except typst.TypstError as error:
        if _NO_GLYPH not in error.message:
            raise
    return typst.compile(source, font_paths=_all_fonts(), sys_inputs=given, timestamp=made_ms // 1_000)


@cache
def _own_fonts() -> typst.Fonts:
    with as_file(_HERE / "fonts") as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


@cache
def _all_fonts() -> typst.Fonts:
    with as_file(_HERE / "fonts") as folder:
        return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[folder])
