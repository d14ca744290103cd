"""Benchmarks on the real local stack. They measure; no test asserts a time. Run `make bench ARGS=--help`."""
