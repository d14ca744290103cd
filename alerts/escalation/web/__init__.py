"""What API, desk and rater's page share: who asks, limits, headers, errors, languages, and what a case shows to whom."""
