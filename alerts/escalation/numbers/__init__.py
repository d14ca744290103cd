"""A rater's own numbers: read from where the stream keeps them, shown to that rater only."""
