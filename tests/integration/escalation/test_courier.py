"""What the outbox holds goes out for real, to a webhook, a mail server and Slack; what fails takes another way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from sqlalchemy import select

from alerts.escalation.cases.actions import Notify, Triage
from alerts.escalation.cases.contract import Contracts, Webhook
from alerts.escalation.clock import wall_clock
from alerts.escalation.deliver.outbox import dead_deliveries, send_again
from alerts.escalation.deliver.run import Courier, desk_of, send_due
from alerts.escalation.deliver.webhook import webhook_client
from alerts.escalation.settings import Mail, Sending, Settings, Us
from alerts.escalation.store.tables import DeliveryRow
from alerts.wording import accusing_words
from stack.ports import Ports
from tests.escalation_world import ALBA, DORA, World
from tests.mail_server import MailServer, taking_mail
from tests.webhook_receiver import SECRET, Receiver, receiving

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@asynccontextmanager
async def courier(
    world: World, folder: Path, receiver: Receiver, mail: MailServer, slack_url: str = ""
) -> AsyncIterator[Courier]:
    world.now_ms = wall_clock()
    (folder / "alba_secret").write_text(SECRET)
    (folder / "slack").write_text(slack_url)
    webhook = Webhook(url=receiver.url, secret_files=("alba_secret",))
    world.contracts = Contracts(vendors={"alba": msgspec.structs.replace(ALBA, webhook=webhook)})
    settings = Settings(
        mail=Mail(host="127.0.0.1", port=mail.port, security="none", sender="quality@example.org"),
        us=Us(email="desk@example.org", slack_url_file="slack" if slack_url else None),
        sending=Sending(open_loopback=True),
        folder=str(folder),
    )
    async with webhook_client() as client:
        yield Courier(
            world.store,
            settings,
            world.contracts,
            lambda: world.now_ms,
            client,
            rater_link=lambda case_id: f"https://desk.example/r/signed-{case_id}",
            chance=lambda: 0.5,
        )


async def rounds(sending: Courier) -> None:
    while await send_due(sending):
        pass


async def test_a_case_arrives_with_its_evidence_and_links_and_its_deadline_begins(world: World, tmp_path: Path) -> None:
    async with receiving() as receiver, taking_mail() as mail, courier(world, tmp_path, receiver, mail) as sending:
        case_id = world.opened()
        world.do(DORA, case_id, Triage(), Notify())
        await rounds(sending)
        [body] = receiver.bodies
        assert body["case"]["id"] == case_id
        assert body["links"] == {
            "case": f"http://127.0.0.1:8088/cases/{case_id}",
            "for_the_rater": f"https://desk.example/r/signed-{case_id}",
        }
        assert accusing_words(msgspec.json.encode(body).decode()) == []
        assert world.case(case_id).state == "notified"
        assert mail.came == []


async def test_a_webhook_that_is_gone_falls_back_to_mail_under_a_stable_id_and_tells_us(
    world: World, tmp_path: Path
) -> None:
    async with receiving() as receiver, taking_mail() as mail, courier(world, tmp_path, receiver, mail) as sending:
        receiver.status = 410
        case_id = world.opened()
        world.do(DORA, case_id, Triage(), Notify())
        await rounds(sending)
        to = {str(message["To"]): message for message in mail.came}
        assert to.keys() == {"lead@alba.example", "desk@example.org"}
        text = to["lead@alba.example"].get_content()
        assert f"http://127.0.0.1:8088/cases/{case_id}" in text
        assert "93 %" not in text  # numbers and answers stay behind the link
        assert accusing_words(text) == []
        assert "did not arrive; it goes by e-mail instead" in to["desk@example.org"].get_content()
        with world.store.reading() as session:
            rows = session.scalars(select(DeliveryRow).where(DeliveryRow.channel == "email")).all()
        assert {str(message["Message-ID"]) for message in mail.came} == {f"<{row.id}@example.org>" for row in rows}
        assert world.case(case_id).due_ms is None


async def test_what_is_dead_is_seen_and_sent_again_under_its_id(world: World, tmp_path: Path) -> None:
    async with receiving() as receiver, taking_mail() as mail, courier(world, tmp_path, receiver, mail) as sending:
        receiver.status = 410
        case_id = world.opened()
        world.do(DORA, case_id, Triage(), Notify())
        await rounds(sending)
        with world.store.writing() as session:
            [dead] = dead_deliveries(session)
            assert dead.last_error == "the webhook answered 410"
            send_again(session, DORA, dead.id, world.now_ms)
        receiver.status = 200
        await rounds(sending)
        assert receiver.came[dead.id] == 2
        case = world.case(case_id)
        assert case.due_ms is not None  # the vendor can be reached again, so its clock goes on


async def test_our_own_channel_is_told_by_slack_and_its_address_stands_nowhere(world: World, tmp_path: Path) -> None:
    came: list[dict[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        came.append(await request.json())
        return web.Response(status=200 if len(came) > 1 else 500)

    with Ports() as ports:
        port = ports.take()
        app = web.Application()
        app.router.add_post("/services/{secret}", take)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        url = f"http://127.0.0.1:{port}/services/T0secret"
        async with (
            receiving() as receiver,
            taking_mail() as mail,
            courier(world, tmp_path, receiver, mail, url) as sending,
        ):
            world.desk = desk_of(sending.settings)
            receiver.status = 410
            case_id = world.opened()
            world.do(DORA, case_id, Triage(), Notify())
            await rounds(sending)
            with world.store.reading() as session:
                slack = session.scalars(select(DeliveryRow).where(DeliveryRow.channel == "slack")).one()
            assert slack.last_error == "Slack answered 500"
            world.now_ms += 10_000
            await rounds(sending)
        await runner.cleanup()
    assert came[0] == came[1]
    assert came[0]["text"].startswith(f"Case {case_id}: a message to alba did not arrive")
    with world.store.reading() as session:
        held = [f"{row.body} {row.address} {row.last_error}" for row in session.scalars(select(DeliveryRow))]
    assert not any("T0secret" in text for text in held)


async def test_an_address_that_the_mail_server_refuses_is_given_up_at_once(world: World, tmp_path: Path) -> None:
    async with receiving() as receiver, taking_mail() as mail, courier(world, tmp_path, receiver, mail) as sending:
        receiver.status = 410
        mail.refused.add("lead@alba.example")
        world.do(DORA, world.opened(), Triage(), Notify())
        await rounds(sending)
        with world.store.reading() as session:
            assert {row.channel: row.last_error for row in dead_deliveries(session)} == {
                "webhook": "the webhook answered 410",
                "email": "the mail server refused the address",
            }


async def test_a_secret_that_is_missing_delays_a_message_and_does_not_lose_it(world: World, tmp_path: Path) -> None:
    async with receiving() as receiver, taking_mail() as mail, courier(world, tmp_path, receiver, mail) as sending:
        world.do(DORA, world.opened(), Triage(), Notify())
        (tmp_path / "alba_secret").unlink()
        await rounds(sending)
        assert receiver.came == {}
        (tmp_path / "alba_secret").write_text(SECRET)
        world.now_ms += 10_000
        await rounds(replace(sending))
        assert sum(receiver.came.values()) == 1
