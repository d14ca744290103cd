"""What a worker tells beside its own numbers: contracts, retention, memory, and what is switched off."""

from prometheus_client import generate_latest

from stream.intake.contracts import agreed
from stream.intake.queues_file import parse_settings
from stream.policy.declared import DeclaredPolicy, DetectorPolicy, DetectorsPolicy, QueuePolicy
from stream.stages.policies import Policies
from stream.telemetry.contracts import Terms
from stream.telemetry.detectors import muted_detectors
from stream.telemetry.telemetry import Telemetry
from tests.unit.telemetry.reading import Exported
from tests.unit.telemetry.test_telemetry import Settings

QUEUES = """
[queues.toxicity]
labels = ["fine", "rude"]
vendors = ["acme"]

[queues.relevance]
labels = ["bad", "good"]
target_accuracy = 0.9

[vendors.acme.contract]
target_accuracy = 0.95
period = "week"
currency = "EUR"
cost_per_correct_max = "0.06"

[vendors.zenith]
"""


def exported(telemetry: Telemetry) -> Exported:
    return Exported(generate_latest(telemetry._instruments.registry))


def test_contracts_are_told_for_each_queue_and_only_where_something_was_agreed_on() -> None:
    telemetry = Telemetry(Settings())
    telemetry.tell_contracts(Terms(*terms) for terms in agreed(parse_settings(QUEUES)))
    page = exported(telemetry)
    assert page.get("contract_target_ratio", vendor="acme", queue="toxicity", period="week") == 0.95
    assert page.get("contract_target_ratio", vendor="acme", queue="relevance", period="week") == 0.9
    assert page.get("contract_target_ratio", vendor="zenith", queue="relevance", period="month") == 0.9
    assert page.get("contract_cost_per_correct_max", vendor="acme") == 0.06
    assert len(page.named("contract_target_ratio")) == 3
    assert len(page.named("contract_cost_per_correct_max")) == 1


def test_memory_and_retention_are_told_as_they_are_now() -> None:
    telemetry = Telemetry(Settings())
    for used in (10, 20):
        telemetry.tell_memory("r1:6379", used, 100)
    telemetry.tell_retention("judgments", 3_600.0)
    page = exported(telemetry)
    assert page.get("redis_used_bytes", server="r1:6379") == 20
    assert page.get("redis_limit_bytes", server="r1:6379") == 100
    assert page.get("retention_seconds", topic="judgments") == 3_600


def test_a_detector_that_is_off_in_one_queue_is_muted() -> None:
    quiet = QueuePolicy(detectors=DetectorsPolicy(copying=DetectorPolicy(on=False, budget_share=0.05)))
    muted = muted_detectors(Policies.of(DeclaredPolicy(queues={"pilot": quiet})))
    assert {name for name, is_muted in muted.items() if is_muted} == {"copying"}
    assert not any(muted_detectors(Policies()).values())
