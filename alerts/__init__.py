"""Alert rules, their runbooks, and the escalation service that talks to vendors."""
