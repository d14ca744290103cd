"""Messages that never arrived, each with a button to send it again."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from alerts.escalation.api.desk_tools import delivery_view
from alerts.escalation.cases.roles import READERS, STAFF, Role
from alerts.escalation.deliver.outbox import dead_deliveries, send_again
from alerts.escalation.web.forms import Form
from alerts.escalation.web.templates import render
from alerts.escalation.web.who import Desk, TheSite, demand_form, demand_own_site, demand_role
from alerts.escalation.work.precision import precision_of_detectors

routes = APIRouter(include_in_schema=False)


@routes.get("/deliveries")
def get_deliveries(site: TheSite, who: Desk, request: Request) -> Response:
    """What is stuck, and how often each detector was right."""
    demand_role(who.person, *READERS)
    with site.store.reading() as session:
        dead = [delivery_view(one) for one in dead_deliveries(session)]
        detectors = precision_of_detectors(session)
    may_send = who.person.role in STAFF | {Role.ADMIN}
    return render(
        request,
        "deliveries.html",
        who.person,
        csrf=who.csrf,
        dead=dead,
        detectors=detectors,
        may_send=may_send,
        ours=True,
    )


@routes.post("/deliveries/{delivery_id}/send-again")
def post_send_again(site: TheSite, who: Desk, delivery_id: str, form: Form, request: Request) -> Response:
    """Queues it again, under the id it had."""
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)
    demand_role(who.person, *STAFF, Role.ADMIN)
    with site.store.writing() as session:
        send_again(session, who.person, delivery_id, site.clock())
    return RedirectResponse("/deliveries", 303)
