"""CVAT's export of a job, "CVAT for images 1.1": the tags that its assignee gave to each image.

After "XML annotation format" in CVAT's documentation. The file says who was the job's assignee and when the job was
last saved, and nothing of single answers: all of a job's judgments have that time and none a duration. Boxes, polygons
and tracks are no labels of an image and are not read; who gave an answer is known for a job only, not for a task of
several jobs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from stream.intake.readers.cvat_xml import META
from stream.intake.readers.port import Asked, Record, Row
from stream.intake.readers.unreadable import Unreadable

_EXPORT_JOBS = "export each job by itself (Actions, Export annotations, CVAT for images 1.1)"


class Cvat:
    """One judgment an image with a tag; the image's name is the item."""

    name: ClassVar[str] = "cvat"
    title: ClassVar[str] = "CVAT for images 1.1, a job"
    needs: ClassVar[str] = "XML with annotations, meta and job"
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "name of the image",
        "rater_id": "assignee",
        "label": "tag",
        "submitted_at": "updated",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._job: Mapping[str, Any] = {}
        self._updated_ms: int | None = None

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return isinstance(fields.get(META), dict) or _is_quality_report(fields)

    def rows(self, record: Record) -> Iterable[Row]:
        """The image's tags. Raises Unreadable for exports that do not say whose answers they hold."""
        fields = record.fields
        if _is_quality_report(fields):
            raise Unreadable("is a quality report, which counts conflicts and holds no answers; " + _EXPORT_JOBS)
        if META in fields:
            self._job = _job(fields[META])
            self._updated_ms = self._asked.clock.ms(self._job.get("updated"))
        elif fields["kind"] == "track":
            raise Unreadable("is a video with tracks, which have no labels for single frames; only images can be read")
        else:
            yield from self._image(fields)

    def _image(self, image: Mapping[str, Any]) -> Iterator[Row]:
        tags = [mark for mark in image["marks"] if mark["kind"] == "tag" and mark["source"] != "auto"]
        if len(tags) < len(image["marks"]):
            self._asked.tally.noted[
                "images with boxes or other shapes, or with tags by a model: those are not read"
            ] += 1
        members = self._members(tags)
        if not members:
            self._asked.tally.left_out["images without a tag"] += 1
            return
        yield {
            "item_id": image["name"],
            "judgment_id": f"job-{self._job.get('id')}:{image['image']}",
            "rater_id": self._job["assignee"]["username"],
            "label": members,
            "submitted_at": self._updated_ms,
        }

    def _members(self, tags: Iterable[Mapping[str, Any]]) -> list[str]:
        """The tags' labels, or the value of the attribute that was asked for."""
        wanted = self._asked.questions.wanted
        if wanted is None:
            return [str(tag["label"]) for tag in tags]
        self._asked.questions.choose([name for tag in tags for name in tag["attributes"]])
        return [tag["attributes"][wanted] for tag in tags if tag["attributes"].get(wanted)]


def _is_quality_report(fields: Mapping[str, Any]) -> bool:
    return {"comparison_summary", "frame_results"} <= fields.keys()


def _job(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """The job; a task of one job says the same."""
    job = meta.get("job") or meta.get("task")
    if not isinstance(job, dict):
        raise Unreadable(f"is neither a job nor a task, so that it does not say who gave which answer; {_EXPORT_JOBS}")
    segments = (job.get("segments") or {}).get("segment") if isinstance(job.get("segments"), dict) else None
    if isinstance(segments, list):
        raise Unreadable(f"is a task of {len(segments)} jobs and does not say who worked on which; {_EXPORT_JOBS}")
    if not isinstance(job.get("assignee"), dict) or not job["assignee"].get("username"):
        raise Unreadable(
            "has no assignee, so that nobody is known to have given its answers; assign the job and export it"
        )
    return job
