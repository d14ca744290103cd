"""Every (state, action, role): the allowed ones are written out here once more, everything else has to be refused."""

import itertools

import pytest

from alerts.escalation.cases.actions import ACTIONS
from alerts.escalation.cases.roles import Role
from alerts.escalation.cases.states import AppealState, CaseKind, CaseState, FindingState
from alerts.escalation.cases.transitions import APPEAL_TABLE, CASE_TABLES, FINDING_TABLE, after, possible
from alerts.escalation.errors import Refused, WrongRole, WrongState

STAFF = ("analyst", "decider")
LIVE = ("open", "triaged", "notified", "acknowledged", "answered")
WITH_VENDOR = ("notified", "acknowledged", "answered")
EVERY = (*LIVE, "decided", "closed", "withdrawn")

# (action, roles, states, the state that follows; "" where it stays)
RATER_CASE = [
    ("triage", STAFF, ("open",), "triaged"),
    ("open_evidence", (*STAFF, "vendor_lead"), EVERY, ""),
    ("comment", STAFF, EVERY, ""),
    ("assign", STAFF, (*LIVE, "decided"), ""),
    ("notify", STAFF, ("triaged",), ""),
    ("delivered", ("system",), ("triaged",), "notified"),
    ("acknowledge", ("vendor_lead",), ("notified",), "acknowledged"),
    ("answer", ("vendor_lead",), WITH_VENDOR, "answered"),
    ("tell_rater", (*STAFF, "vendor_lead", "system"), (*WITH_VENDOR, "decided"), ""),
    ("appeal", ("vendor_lead", "rater"), (*WITH_VENDOR, "decided", "closed"), "answered"),
    ("grant_appeal", ("decider",), ("answered",), ""),
    ("refuse_appeal", ("decider",), ("answered",), ""),
    ("confirm", ("decider",), ("answered",), "decided"),
    ("clear", ("decider",), LIVE, "decided"),
    ("lapse", ("system",), ("notified", "acknowledged"), "closed"),
    ("propose_consequence", ("decider",), ("decided",), ""),
    ("sign_consequence", ("decider",), ("decided",), ""),
    ("undo_consequence", ("decider",), ("answered", "decided", "closed", "withdrawn"), ""),
    ("close", (*STAFF, "system"), ("decided",), "closed"),
    ("withdraw", ("system",), (*LIVE, "decided"), "withdrawn"),
    ("reopen", ("decider",), ("decided", "closed", "withdrawn"), "triaged"),
    ("reopen", ("system",), ("closed", "withdrawn"), "open"),
]
RATERS_ONLY = {"tell_rater", "propose_consequence", "sign_consequence", "undo_consequence"}
VENDOR_CASE = [
    (action, tuple(role for role in roles if role != "rater"), states, follows)
    for action, roles, states, follows in RATER_CASE
    if action not in RATERS_ONLY
]
OURS = {"triage", "open_evidence", "comment", "assign", "clear", "close", "withdraw", "reopen"}
QUEUE_CASE = [
    *(row for row in VENDOR_CASE if row[0] in OURS),
    ("confirm", ("decider",), ("triaged",), "decided"),
]
EXPECTED = {CaseKind.RATER: RATER_CASE, CaseKind.VENDOR: VENDOR_CASE, CaseKind.QUEUE: QUEUE_CASE}


@pytest.mark.parametrize("kind", list(CaseKind))
def test_every_state_action_and_role_of_a_case_leads_where_it_should(kind: CaseKind) -> None:
    allowed = {
        (state, action, role): follows or state
        for action, roles, states, follows in EXPECTED[kind]
        for role in roles
        for state in states
    }
    for state, action, role in itertools.product(CaseState, ACTIONS, Role):
        wanted = allowed.get((state, action, role))
        if wanted is not None:
            assert after(CASE_TABLES[kind], state, action, role) == wanted
            continue
        with pytest.raises(Refused) as refused:
            after(CASE_TABLES[kind], state, action, role)
        ever = any(action == what and role == who for _, what, who in allowed)
        assert type(refused.value) is (WrongState if ever else WrongRole)


@pytest.mark.parametrize(
    ("table", "states", "allowed"),
    [
        (
            FINDING_TABLE,
            FindingState,
            {
                ("open", "confirm", "decider"): "confirmed",
                ("open", "clear", "decider"): "cleared",
                ("open", "lapse", "system"): "lapsed",
                **{(was, "withdraw", "system"): "withdrawn" for was in ("open", "confirmed", "lapsed")},
                **{
                    (was, "appeal", who): "open"
                    for was in ("open", "confirmed", "lapsed")
                    for who in ("rater", "vendor_lead")
                },
                **{(was, "reopen", "decider"): "open" for was in ("confirmed", "cleared", "lapsed", "withdrawn")},
            },
        ),
        (
            APPEAL_TABLE,
            AppealState,
            {
                ("open", "grant_appeal", "decider"): "granted",
                ("open", "refuse_appeal", "decider"): "refused",
            },
        ),
    ],
)
def test_every_state_action_and_role_of_a_finding_and_an_appeal(table, states, allowed) -> None:  # type: ignore[no-untyped-def]
    for state, action, role in itertools.product(states, ACTIONS, Role):
        wanted = allowed.get((state, action, role))
        if wanted is not None:
            assert after(table, state, action, role) == wanted
        else:
            with pytest.raises(Refused):
                after(table, state, action, role)


def test_a_refusal_says_who_may_or_what_may_be_done() -> None:
    table = CASE_TABLES[CaseKind.RATER]
    with pytest.raises(WrongRole, match="confirm is not for the role vendor_lead; it is for: decider"):
        after(table, CaseState.ANSWERED, "confirm", Role.VENDOR_LEAD)
    with pytest.raises(WrongState, match="while this is closed; possible now: open_evidence, appeal"):
        after(table, CaseState.CLOSED, "acknowledge", Role.VENDOR_LEAD)


def test_an_engineer_a_wellness_lead_and_an_auditor_can_do_nothing() -> None:
    for kind, state in itertools.product(CaseKind, CaseState):
        for role in (Role.ENGINEER, Role.VENDOR_WELLNESS, Role.AUDITOR, Role.PRIVACY, Role.ADMIN):
            assert possible(CASE_TABLES[kind], state, role) == []


def test_no_way_leads_from_the_vendors_silence_to_a_confirmed_finding() -> None:
    confirmed = {state for (state, action, _), _ in FINDING_TABLE.items() if action == "confirm"}
    assert confirmed == {FindingState.OPEN}
    assert {state for (state, action, _) in CASE_TABLES[CaseKind.RATER] if action == "confirm"} == {CaseState.ANSWERED}
