"""Where a webhook may go: to public addresses, by HTTPS. Checked after the name was resolved, and then held.

A vendor's URL is a stranger's text. Its name may point into our own network, or point elsewhere at the second look; so
it is resolved once, every address is looked at, and the connection goes to an address that was looked at.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

import httpx

from alerts.escalation.errors import Undeliverable

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")
# Special by the IANA registries, and taken for public by some versions of Python.
_SPECIAL = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23", "3fff::/20", "5f00::/16")
)
_PORT_MOST = 65_535


class Target(NamedTuple):
    """A URL whose host is the checked address, and what the server and its certificate are called."""

    url: httpx.URL
    host: str  # for the certificate
    host_header: str


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, by the system's resolver; raises Undeliverable when there is none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Undeliverable(f"the name {host!r} cannot be resolved ({type(error).__name__})") from None
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


async def checked_target(url: str, *, open_loopback: bool, resolver: Resolve = resolve) -> Target:
    """The target to connect to; raises Undeliverable for one that is not public."""
    try:
        parsed = httpx.URL(url)
        host, port = parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80)
    except (httpx.InvalidURL, ValueError):
        raise Undeliverable("the webhook's URL is none; correct it in the contracts file") from None
    if port > _PORT_MOST:
        raise Undeliverable("the webhook's URL is none; correct it in the contracts file")
    if not host or parsed.userinfo:
        raise Undeliverable("the webhook's URL has to name a host, and neither user nor password")
    addresses = [ip_address(text.partition("%")[0]) for text in await resolver(host, port)]
    if not addresses:
        raise Undeliverable(f"the name {host!r} has no address")
    ours = open_loopback and all(address.is_loopback for address in addresses)
    if parsed.scheme != "https" and not (ours and parsed.scheme == "http"):
        raise Undeliverable("webhooks go by https only; correct the URL in the contracts file")
    if not ours and not all(is_public(address) for address in addresses):
        raise Undeliverable(f"{host!r} leads to an address that is not public; webhooks go to public ones only")
    return Target(parsed.copy_with(host=str(addresses[0])), host, parsed.netloc.decode("ascii"))


def is_public(address: Address) -> bool:
    """Whether an address is on the internet for everybody, also by the addresses that are wrapped in it."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _wrapped(address: Address) -> Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
