import pytest

from stream.errors import InputError
from stream.intake.moments import to_ms
from tests.unit.intake.readers.exporting import EXPORTS, events_of, export_of, judgments_of

JOB = (EXPORTS / "cvat_job.xml").read_text()
SEGMENT = "<segment>\n          <id>1</id>"


@pytest.fixture
def written(tmp_path):
    def write(text):
        (tmp_path / "annotations.xml").write_text(text)
        return tmp_path / "annotations.xml"

    return write


def test_tags_are_the_answers_of_the_jobs_assignee():
    updated = to_ms("2024-07-23T16:00:52.599Z")
    assert judgments_of("cvat_job.xml") == [
        {
            "judgment_id": f"job-7:{image}",
            "item_id": name,
            "rater_id": "ann",
            "label": label,
            "submitted_at": updated,
        }
        for image, name, label in ((0, "1.jpg", "cat"), (1, "2.jpg", "dog"))
    ]


def test_what_is_not_read_is_told():
    export = export_of("cvat_job.xml")
    assert export.left_out == {"images without a tag": 1}
    assert export.noted == {"images with boxes or other shapes, or with tags by a model: those are not read": 2}


def test_an_attribute_may_be_the_question():
    assert [found["label"] for found in judgments_of("cvat_job.xml", question="quality")] == ["good", "bad"]
    with pytest.raises(InputError, match="nobody answers the question colour; there are quality"):
        events_of("cvat_job.xml", question="colour")


def test_several_tags_are_a_set(written):
    path = written(JOB.replace('<tag label="cat" source="auto">', '<tag label="cat"></tag><tag label="dog">'))
    assert [found["label"] for found in judgments_of(path)] == [["cat"], ["dog"], ["cat", "dog"]]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("<username>ann</username>", "<username></username>", "has no assignee"),
        (SEGMENT, f"<segment><id>0</id></segment>{SEGMENT}", "is a task of 2 jobs .* export each job by itself"),
        ("job>", "project>", "neither a job nor a task"),
        ("<image id", '<track id="0" label="cat"></track><image id', "video with tracks"),
        ("<annotations>", '<!DOCTYPE a [<!ENTITY b "c">]><annotations>', "document type"),
        ("</annotations>", "", "line 70: not XML .*is the file complete"),
    ],
)
def test_what_does_not_say_whose_answers_it_holds_is_refused(written, before, after, problem):
    with pytest.raises(InputError, match=f"annotations.xml: .*{problem}"):
        events_of(written(JOB.replace(before, after)))


def test_a_quality_report_and_a_zip_archive_are_refused_with_what_to_do(tmp_path):
    report = tmp_path / "report.json"
    report.write_text('{"parameters": {}, "comparison_summary": {}, "frame_results": {"0": {}}}')
    with pytest.raises(
        InputError, match="quality report, which counts conflicts and holds no answers; export each job"
    ):
        events_of(report)
    archive = tmp_path / "job_7.zip"
    archive.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(InputError, match=r"job_7.zip: is a zip archive; unpack it"):
        events_of(archive)
