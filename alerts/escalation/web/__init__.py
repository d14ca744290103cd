"""What API, desk and rater's page share: who asks, limits, headers, errors, languages, what a case shows to whom."""
