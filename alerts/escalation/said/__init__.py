"""Every sentence that a vendor or a rater may read, in each language, and how numbers and times are written there."""
