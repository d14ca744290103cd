"""The XML that CVAT writes, as records: first what it says of the job, then an image each."""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET

from stream.errors import InputError
from stream.intake.opening import Watch, open_bytes
from stream.intake.readers.port import Record

META: Final = "<meta>"  # no other tool's field has such a name
_ATTRIBUTED = {"tag", "box", "polygon", "polyline", "points", "cuboid", "ellipse", "mask", "skeleton"}


def xml_records(path: str, watch: Watch) -> Iterator[Record]:
    """{META: …}, then {"image": id, "name": …, "marks": [{"kind": "tag", "label": …}]}; a track stands by itself."""
    with open_bytes(path, watch) as file:
        if b"<!DOCTYPE" in file.read(1 << 12):
            raise InputError(f"{path}: has a document type, which CVAT never writes; export it again")
        file.seek(0)
        images, root = 0, None
        try:
            # Expat bounds how far entities expand, and without a document type there are none.
            for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314
                root = element if root is None else root
                if event == "start" or element.tag not in {"meta", "image", "track"}:
                    continue
                if element.tag == "meta":
                    yield Record("meta", {META: _tree(element)})
                else:
                    images += 1
                    yield Record(f"{element.tag} {images}", _image(element))
                root.clear()
        except ET.ParseError as error:
            line, _ = error.position
            raise InputError(f"{path}: line {line}: not XML ({error}); is the file complete? Export it again") from None


def _tree(element: ET.Element) -> Any:
    """Nested objects; of several of one name, as segments have it, a list."""
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        if child.tag in found:
            before = found[child.tag]
            found[child.tag] = [*(before if isinstance(before, list) else [before]), _tree(child)]
        else:
            found[child.tag] = _tree(child)
    return found


def _image(element: ET.Element) -> dict[str, Any]:
    marks = [
        {
            "kind": child.tag,
            "label": child.get("label"),
            "source": child.get("source", "manual"),
            "attributes": {each.get("name"): (each.text or "").strip() for each in child.iter("attribute")},
        }
        for child in element
        if child.tag in _ATTRIBUTED
    ]
    return {"kind": element.tag, "image": element.get("id"), "name": element.get("name"), "marks": marks}
