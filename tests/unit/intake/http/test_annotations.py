from pathlib import Path

from stream.intake.http.annotations import Annotation, StoredAnnotations
from tests.unit.intake.http.door import NOW_MS


def test_stored_annotations_forget_by_age_and_keep_the_latest(tmp_path: Path) -> None:
    stored = StoredAnnotations(tmp_path, days=30)
    old, new = Annotation("t", "1", "q", "i", "r", 5), Annotation("t", "1", "q", "i", "r", 4)
    stored.remember([old], NOW_MS)
    stored.remember([new], NOW_MS)
    assert stored.find("t", "1") == old
    assert stored.find("u", "1") is None
    assert stored.drop_old(NOW_MS + 30 * 86_400_000) == 0
    assert stored.drop_old(NOW_MS + 30 * 86_400_000 + 1) == 1
    assert stored.find("t", "1") is None
    stored.close()


def test_the_folder_of_annotations_is_closed_to_others(tmp_path: Path) -> None:
    StoredAnnotations(tmp_path / "data", days=30).close()
    assert (tmp_path / "data").stat().st_mode & 0o77 == 0
