"""Whatever is sent to the API, it never fails by itself: requests made from its own OpenAPI document."""

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from alerts.escalation.cases.roles import Role
from tests.unit.alerts.escalation.pages.sample import DECIDER, LEAD, OTHERS, sample


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with sample(Path(tmp_path_factory.mktemp("fuzz"))) as made:
        made.site.rate.burst = 1_000_000
        loaded = schemathesis.openapi.from_asgi("/api/openapi.json", made.app)
        loaded.made = made  # type: ignore[attr-defined]
        yield loaded


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_makes_it_fail(case: schemathesis.Case, api) -> None:  # type: ignore[no-untyped-def]
    made = api.made
    if "case_id" in case.path_parameters:
        case.path_parameters["case_id"] = made.case["alba"]
    if "vendor" in case.path_parameters:
        case.path_parameters |= {"vendor": "alba", "period": "2026-02"}
    for person in (DECIDER, LEAD["alba"], OTHERS[Role.ADMIN]):
        case.call_and_validate(headers=made.bearer(person), checks=[not_a_server_error])
