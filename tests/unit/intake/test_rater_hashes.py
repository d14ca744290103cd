from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from stream.intake.partition import positive_hash
from stream.intake.rater_hashes import rater_hashes


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1))
def test_many_ids_at_once_hash_as_each_does_alone(ids: list[str]) -> None:
    hashes, positive = rater_hashes(ids)
    assert hashes.tolist() == [xxh3_64_intdigest(rater_id.encode()) for rater_id in ids]
    assert positive.tolist() == [positive_hash(rater_id) for rater_id in ids]
