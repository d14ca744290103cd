"""All pages of the desk."""

from fastapi import APIRouter

from alerts.escalation.desk import case_list, case_page, deliveries_page, scorecard_pages, sign_in, truth_page


def desk_routes() -> APIRouter:
    """In the order in which an address is looked for."""
    routes = APIRouter(include_in_schema=False)
    for part in (sign_in, case_list, case_page, scorecard_pages, deliveries_page, truth_page):
        routes.include_router(part.routes)
    return routes
