"""**Pure**: what a case is, who may do what and when, and until when. No clock, no store, no network."""
