"""The thresholds of the deployment, for commands that read its state."""

from stream.policy.declared import DeclaredPolicy
from stream.policy.policy_file import load_policy
from stream.settings import Settings
from stream.stages.policies import Policies


def policies_of(settings: Settings) -> Policies:
    """What the policy file declares; the defaults without one. Raises SettingsError."""
    declared = load_policy(settings.policy_file) if settings.policy_file else DeclaredPolicy()
    return Policies.of(declared)
