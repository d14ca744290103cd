from stream.telemetry.quantiles import quantile

TEXT = """# TYPE wait_seconds histogram
wait_seconds_bucket{topic="a",le="1.0"} 50
wait_seconds_bucket{topic="a",le="2.0"} 100
wait_seconds_bucket{topic="a",le="+Inf"} 100
wait_seconds_count{topic="a"} 100
wait_seconds_sum{topic="a"} 100
"""


def test_quantiles_are_interpolated_within_a_bucket() -> None:
    assert quantile(TEXT, "wait_seconds", {"topic": "a"}, 0.5) == 1.0
    assert quantile(TEXT, "wait_seconds", {"topic": "a"}, 0.75) == 1.5


def test_without_observations_there_is_no_quantile() -> None:
    assert quantile(TEXT, "wait_seconds", {"topic": "b"}, 0.5) is None


def test_what_an_earlier_scrape_had_seen_is_left_out() -> None:
    before = TEXT.replace(" 50", " 50").replace(
        ' 100\nwait_seconds_bucket{topic="a",le="+Inf"} 100', ' 50\nwait_seconds_bucket{topic="a",le="+Inf"} 50'
    )
    assert quantile(TEXT, "wait_seconds", {"topic": "a"}, 0.5, since=before) == 1.5
