"""The part of the service that serves the pages, and the links that messages carry."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.numbers.port import RaterNumbers, UnknownNumbers
from alerts.escalation.scorecards.port import UnknownCounts
from alerts.escalation.scorecards.prometheus_counts import PrometheusCounts
from alerts.escalation.service import Service
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.web.http import http_app
from alerts.escalation.web.oidc import Oidc
from alerts.escalation.web.rater_links import RaterLinks
from alerts.escalation.web.site import Site

_log = logging.getLogger(__name__)
_POLL_S = 0.2
_own_key = secrets.token_hex(32)


async def serve_pages(service: Service, numbers: RaterNumbers | None = None) -> None:
    """Serves until the service stops."""
    http = service.settings.http
    if http.link_key_file is None:
        _log.warning("raters' links end with this process: name a file in http.link_key_file (openssl rand -hex 32)")
    app = http_app(site_of_service(service, numbers or UnknownNumbers()), _key(service))
    config = uvicorn.Config(
        app,
        host=http.host,
        port=http.port,
        access_log=False,  # addresses hold links that sign people in
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    stopped = asyncio.create_task(service.stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stopped.cancel()


def site_of_service(service: Service, numbers: RaterNumbers) -> Site:
    """What the pages work with; raises SettingsError for a secret's file that cannot be read."""
    settings = service.settings
    http, oidc = settings.http, settings.oidc
    return Site(
        store=service.store,
        contracts=service.contracts,
        clock=service.clock,
        address=http.address.rstrip("/"),
        links=RaterLinks(_key(service)),
        numbers=numbers,
        counts=PrometheusCounts(settings.prometheus) if settings.prometheus else UnknownCounts(),
        alertmanager_token=settings.secret(http.alertmanager_token_file) if http.alertmanager_token_file else None,
        session_minutes=http.session_minutes,
        oidc=Oidc(oidc, settings.secret(oidc.client_secret_file)) if oidc else None,
        sensitive_queues=frozenset(settings.sensitive_queues),
    )


def rater_links(service: Service) -> Callable[[str], str | None]:
    """For messages: the link to the page of a case's rater; None for a case about no rater."""
    links, address = RaterLinks(_key(service)), service.settings.http.address.rstrip("/")

    def link(case_id: str) -> str | None:
        with service.store.writing() as session:
            case = session.get(CaseRow, case_id)
            if case is None or case.rater_id is None or case.vendor is None:
                return None
            made = links.make(session, SYSTEM, case.rater_id, case.vendor, service.clock())
        return f"{address}/r/{made}"

    return link


def _key(service: Service) -> str:
    name = service.settings.http.link_key_file
    return service.settings.secret(name) if name is not None else _own_key


class _Server(uvicorn.Server):
    """Leaves signals to the service, which tells all its parts to end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of its own."""
        yield
