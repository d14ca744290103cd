"""Measures the detectors where the truth is known: simulated worlds and real crowds. Run `make quality`."""
