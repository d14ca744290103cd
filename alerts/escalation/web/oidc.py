"""Sign-in through the company's own accounts: OpenID Connect by Authlib; groups there are roles here."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from alerts.escalation.cases.roles import OF_A_VENDOR, Person, Role
from alerts.escalation.settings import Group, OidcSettings
from alerts.escalation.web.problem import SignInFirst
from stream.errors import Unavailable

with warnings.catch_warnings():
    # Authlib says that httpx, which it still takes, is to be followed by httpx2; nothing of ours depends on which.
    import authlib.deprecate  # first, because it asks for its warnings to be shown always

    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.starlette_client import OAuth

# Who is in several groups gets the first of these: the one that may decide before the one that may only look.
_ORDER = (
    Role.DECIDER,
    Role.ANALYST,
    Role.VENDOR_LEAD,
    Role.VENDOR_WELLNESS,
    Role.PRIVACY,
    Role.AUDITOR,
    Role.ADMIN,
    Role.ENGINEER,
)


class Oidc:
    """The provider, spoken to by Authlib: state, nonce, PKCE and signatures are checked there."""

    def __init__(self, settings: OidcSettings, client_secret: str) -> None:
        self._settings = settings
        oauth = OAuth()
        oauth.register(
            "provider",
            client_id=settings.client_id,
            client_secret=client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )
        self._client = oauth.provider

    async def send_away(self, request: Request, back_to: str) -> Response:
        """To the provider's own sign-in page."""
        try:
            response: Response = await self._client.authorize_redirect(request, back_to)
        except httpx.HTTPError:
            raise Unavailable("the accounts' provider does not answer; sign in with a token, or try again") from None
        return response

    async def person(self, request: Request) -> Person:
        """Who came back; raises SignInFirst when the provider's answer does not hold, or no group means a role."""
        try:
            token = await self._client.authorize_access_token(request)
        except httpx.HTTPError:
            raise Unavailable("the accounts' provider does not answer; sign in with a token, or try again") from None
        except (AuthlibBaseError, JoseError):
            raise SignInFirst("the sign-in did not hold; begin again from the sign-in page") from None
        return person_of_claims(self._settings, token.get("userinfo") or {})


def person_of_claims(settings: OidcSettings, claims: Mapping[str, Any]) -> Person:
    """The person that the provider's claims speak of; raises SignInFirst when none of the groups means a role."""
    name, told = claims.get(settings.name_claim), claims.get(settings.groups_claim)
    if not isinstance(name, str) or not name:
        raise SignInFirst(f"your account has no {settings.name_claim}; ask whoever runs the accounts")
    groups = set(told) if isinstance(told, list) else {told}
    chosen = _first([group for group in settings.groups if group.name in groups])
    if chosen is None:
        raise SignInFirst("none of your groups has a role here; ask an administrator of raterwatch")
    return Person(name[:128], chosen.role, chosen.vendor if chosen.role in OF_A_VENDOR else None)


def _first(groups: Sequence[Group]) -> Group | None:
    usable: Iterable[Group] = (group for group in groups if group.role in _ORDER)
    return min(usable, key=lambda group: _ORDER.index(group.role), default=None)
