"""Somebody of ours at a running case service: at its API, and at its pages as a browser would."""

from typing import Any

import httpx

from stream.demo.desk import Desk

_PATIENCE_S = 30.0


class Staff:
    """A person with a token of a role that decides."""

    def __init__(self, desk: Desk, person: str) -> None:
        token = desk.token(person, "decider")
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._desk = desk
        signed_in = httpx.post(f"{desk.address}/sign-in", data={"token": token}, timeout=_PATIENCE_S)
        self._cookies = dict(signed_in.cookies)

    def get(self, path: str, **params: str) -> Any:
        """What the API answers, from JSON."""
        return self._ask(f"/api/v1{path}", **params).json()

    def text(self, path: str) -> str:
        """What the API answers, as it stands."""
        return self._ask(f"/api/v1{path}").text

    def page(self, path: str) -> str:
        """A page of the desk."""
        url = f"{self._desk.address}{path}"
        return httpx.get(url, cookies=self._cookies, timeout=_PATIENCE_S).raise_for_status().text

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers to it."""
        url = f"{self._desk.address}/api/v1{path}"
        return httpx.post(url, json=body, headers=self._bearer, timeout=_PATIENCE_S).raise_for_status().json()

    def act(self, case_id: str, action: str, **more: str) -> None:
        """Does it in the case."""
        self.post(f"/cases/{case_id}/actions", {"action": action, **more})

    def _ask(self, path: str, **params: str) -> httpx.Response:
        url = f"{self._desk.address}{path}"
        return httpx.get(url, params=params, headers=self._bearer, timeout=_PATIENCE_S).raise_for_status()
