"""The pure core: what judgments mean and what their rater's numbers are. No clock, network, environment or Redis."""
