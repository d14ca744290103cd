from tests.unit.alerts.cases.case import Case, Fired

PROCESS = 'job="facts",instance="f1"'
LAGGING = Fired(
    "Daily facts are not written",
    "The process of facts does not answer, halts, or is more than an hour behind. Nothing is lost as long as Kafka "
    "keeps the log; boards and alerts are not concerned.",
)


def behind(values: str) -> dict[str, str]:
    return {f"up{{{PROCESS}}}": "1x120", f"raterwatch_facts_behind_seconds{{{PROCESS}}}": values}


FACTS = (
    Case("FactsLagging", "fires when the process is gone", {f"up{{{PROCESS}}}": "0x90"}, "40m", (LAGGING,)),
    Case("FactsLagging", "fires when it halts at each start", {f"up{{{PROCESS}}}": "1 0 0 1 0x90"}, "40m", (LAGGING,)),
    Case("FactsLagging", "fires when it is hours behind", behind("7200x120"), "40m", (LAGGING,)),
    Case("FactsLagging", "stays silent while it catches up in time", behind("1800x120"), "40m"),
    Case("FactsLagging", "stays silent where nobody keeps facts", {'up{job="raterwatch"}': "1x120"}, "40m"),
)
