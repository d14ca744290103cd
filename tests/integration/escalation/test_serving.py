"""The part that serves the pages: up with the service, down with it, links as its settings say."""

import asyncio
from pathlib import Path

import httpx

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.service import Service
from alerts.escalation.settings import Http, Settings
from alerts.escalation.store.store import Store
from alerts.escalation.web.serving import rater_links, serve_pages
from stack.ports import Ports
from stream.policy.declared import DeclaredPolicy

PATIENCE_S = 20.0


async def answered(url: str) -> httpx.Response:
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
        while True:
            try:
                return await client.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


async def test_pages_come_up_with_the_service_and_end_with_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    with Ports() as ports:
        port = ports.take()
        http = Http(port=port, address=f"http://127.0.0.1:{port}", link_key_file="key")
        store = Store.open(f"sqlite:///{tmp_path / 'cases.db'}")
        settings = Settings(http=http, folder=str(tmp_path))
        service = Service(settings=settings, store=store, contracts=Contracts(), policy=DeclaredPolicy())
        serving = asyncio.create_task(serve_pages(service))
        ready = await answered(f"{http.address}/readyz")
        assert (ready.status_code, ready.text) == (200, "ok\n")
        assert "server" not in ready.headers
        assert rater_links(service)("rater-none") is None
        service.stop.set()
        await asyncio.wait_for(serving, PATIENCE_S)
        store.close()
