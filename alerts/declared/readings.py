"""What was seen of a rater, with its intervals, as an alert's description asks Prometheus for it."""

_RATER = "rater=%q,queue=%q,vendor=%q"
_NUMBER = '{{ . | first | value | printf "%.2f" }}'
_LABELS = "$labels.rater $labels.queue $labels.vendor"


def rater_readings(findings: str, memory: str) -> str:
    """Text of a description: the findings' names, then agreement and known answers with their 95 % intervals."""
    seen = f'query (printf "last_over_time({findings}{{{_RATER}}}[{memory}]) == 1" {_LABELS}) | sortByLabel "detector"'
    # Findings about shared answers have a name of their own that would sound like a verdict.
    name = '.Labels.detector | reReplaceAll "copying" "answers shared with one rater" | reReplaceAll "_" " "'
    return (
        f"Seen: {{{{ range $place, $found := {seen} }}}}{{{{ if $place }}}}, {{{{ end }}}}"
        f"{{{{ with $found }}}}{{{{ {name} }}}}{{{{ end }}}}{{{{ end }}}}."
        + _measure("Agreement beyond chance over the last 50", "skill", "last50")
        + _measure("On items with a known answer in 7 days", "gold_accuracy", "7d")
    )


def _measure(said: str, measure: str, window: str) -> str:
    value, low, high = (f"raterwatch_rater_{measure}{end}_ratio" for end in ("", "_low", "_high"))
    return (
        f"{{{{ with {_ask(value, window)} }}}} {said}: {_NUMBER}"
        f"{{{{ with {_ask(low, window)} }}}} (95 % interval {_NUMBER}{{{{ end }}}}"
        f"{{{{ with {_ask(high, window)} }}}} to {_NUMBER}){{{{ end }}}}.{{{{ end }}}}"
    )


def _ask(metric: str, window: str) -> str:
    return f'query (printf "{metric}{{{_RATER},window=\\"{window}\\"}}" {_LABELS})'
