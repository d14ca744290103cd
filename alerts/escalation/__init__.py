"""The escalation service: findings and alerts become cases with evidence, deadlines, appeal and audit."""
