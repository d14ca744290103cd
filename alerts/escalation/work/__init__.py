"""Use-cases: each takes an open session, the contracts and `now_ms`, and leaves the commit to its caller."""
