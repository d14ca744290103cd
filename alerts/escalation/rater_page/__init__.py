"""The page of one rater, by a signed link: own numbers, what is looked at, findings in plain words, and an appeal."""
