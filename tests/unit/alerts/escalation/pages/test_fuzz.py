"""Whatever is sent to the API, it never fails by itself: requests made from its own OpenAPI document."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from alerts.escalation.cases.roles import Role
from tests.unit.alerts.escalation.pages.sample import DECIDER, LEAD, OTHERS, Sample

EXAMPLES = 15  # an operation; derandomized, so that a run says the same as the one before


def test_no_request_makes_it_fail(made: Sample) -> None:
    made.site.rate.burst = 1_000_000
    known = {"case_id": made.case["alba"], "vendor": "alba", "period": "2026-02"}
    people = [made.bearer(person) for person in (DECIDER, LEAD["alba"], OTHERS[Role.ADMIN])]
    people.append({"Authorization": "Bearer of-alertmanager"})
    document, faults, sent = schemathesis.openapi.from_asgi("/api/openapi.json", made.app), [], 0

    def ask(case: Any) -> None:
        nonlocal sent
        # Half of the time what is there, so that more than its absence is tried.
        if sent % 2:
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        answered = case.call(headers=people[sent % len(people)])
        sent += 1
        if answered.status_code >= 500:
            faults.append((case.method, case.path, answered.status_code, case.body))

    operations: list[Any] = list(document.get_all_operations())
    for operation in (found.ok() for found in operations):
        tried = settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy())(ask))
        tried()
    assert faults == []
    assert sent > 100
