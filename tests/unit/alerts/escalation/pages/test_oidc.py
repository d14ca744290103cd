"""Sign-in through a company's accounts: groups are roles, and a whole round with a provider that signs its answers."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.settings import Group, OidcSettings
from alerts.escalation.web.oidc import Oidc, person_of_claims
from alerts.escalation.web.problem import SignInFirst
from tests.unit.alerts.escalation.pages.sample import sample
from tests.unit.alerts.escalation.pages.serving import served

GROUPS = (
    Group(name="quality", role=Role.ANALYST),
    Group(name="quality-leads", role=Role.DECIDER),
    Group(name="alba", role=Role.VENDOR_LEAD, vendor="alba"),
    Group(name="odd", role=Role.RATER),
)
SETTINGS = OidcSettings(issuer="http://x", client_id="raterwatch", client_secret_file="s", groups=GROUPS)


def test_who_is_in_several_groups_gets_the_role_that_may_decide() -> None:
    claims = {"email": "dana@example.org", "groups": ["quality", "quality-leads"]}
    assert person_of_claims(SETTINGS, claims) == Person("dana@example.org", Role.DECIDER)


def test_a_vendors_group_brings_its_vendor() -> None:
    claims = {"email": "lea@alba.example", "groups": "alba"}
    assert person_of_claims(SETTINGS, claims) == Person("lea@alba.example", Role.VENDOR_LEAD, "alba")


@pytest.mark.parametrize(
    "claims",
    [{}, {"email": "x@example.org"}, {"email": "x@example.org", "groups": ["odd", "other"]}, {"groups": ["quality"]}],
)
def test_without_a_name_or_a_group_that_means_a_role_nobody_gets_in(claims: dict[str, Any]) -> None:
    with pytest.raises(SignInFirst):
        person_of_claims(SETTINGS, claims)


class Provider:
    """A provider of accounts: it hands out codes, and signs who came."""

    def __init__(self) -> None:
        self.key, self.app, self.url = RSAKey.generate_key(2048, {"kid": "1"}), FastAPI(), ""
        self.nonces: dict[str, str] = {}
        self.signing = self.key
        self.app.add_api_route("/.well-known/openid-configuration", self.about)
        self.app.add_api_route("/keys", lambda: {"keys": [self.key.as_dict(private=False)]})
        self.app.add_api_route("/token", self.token, methods=["POST"])

    def about(self) -> dict[str, str]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in names.items()}

    async def token(self, request: Request) -> Response:
        form = await request.form()
        assert form["code_verifier"], "PKCE"
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "raterwatch",
            "sub": "7",
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonces[str(form["code"])],
            "email": "dana@example.org",
            "groups": ["quality-leads"],
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signing)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed})


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    with served(made.app) as url:
        made.url = url
        yield made


def go(provider: Provider, client: TestClient) -> httpx.Response:
    """What a browser does: away to the provider, and back with a code."""
    away = parse_qs(urlsplit(client.get("/sign-in/account").headers["location"]).query)
    assert away["redirect_uri"] == ["http://testserver/sign-in/back"]
    provider.nonces["c0de"] = away["nonce"][0]
    answered: httpx.Response = client.get(f"/sign-in/back?code=c0de&state={away['state'][0]}")
    return answered


def test_somebody_signs_in_with_the_company_account(provider: Provider, tmp_path: Path) -> None:
    settings = OidcSettings(issuer=provider.url, client_id="raterwatch", client_secret_file="s", groups=GROUPS)
    with sample(tmp_path, oidc=Oidc(settings, "secret")) as made:
        client = TestClient(made.app, follow_redirects=False)
        back = go(provider, client)
        assert back.status_code == 200
        assert "dana@example.org" in client.get("/cases").text


def test_an_answer_that_somebody_else_signed_or_that_nobody_asked_for_is_refused(
    provider: Provider, tmp_path: Path
) -> None:
    settings = OidcSettings(issuer=provider.url, client_id="raterwatch", client_secret_file="s", groups=GROUPS)
    with sample(tmp_path, oidc=Oidc(settings, "secret")) as made:
        client = TestClient(made.app, follow_redirects=False)
        provider.signing = RSAKey.generate_key(2048, {"kid": "1"})
        assert go(provider, client).status_code == 401
        assert client.get("/sign-in/back?code=c0de&state=guessed").status_code == 401
        assert client.get("/cases").status_code == 303
