import httpx
from starlette.testclient import TestClient

from alerts.escalation.cases.roles import Person
from tests.unit.alerts.escalation.pages.sample import Sample


class Browser:
    """A browser without scripts: it keeps cookies, and sends what a page's forms hold."""

    def __init__(self, made: Sample, person: Person | None = None) -> None:
        self.client = TestClient(made.app, follow_redirects=False)
        self.csrf = ""
        if person is not None:
            answered = self.client.post("/sign-in", data={"token": made.secret[person.id]})
            assert answered.status_code == 303, answered.text
            self.csrf = self.get("/cases").text.split('name="csrf" value="')[1].split('"')[0]

    def get(self, path: str) -> httpx.Response:
        answered: httpx.Response = self.client.get(path)
        return answered

    def post(self, path: str, **data: str | list[str]) -> httpx.Response:
        answered: httpx.Response = self.client.post(path, data={"csrf": self.csrf, **data})
        return answered
