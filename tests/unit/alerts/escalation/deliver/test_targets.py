import pytest

from alerts.escalation.deliver.targets import Resolve, checked_target, resolve
from alerts.escalation.errors import Undeliverable

PUBLIC = "93.184.216.34"


def leading_to(*addresses: str) -> Resolve:
    async def _resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return _resolve


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1"),  # loopback and private
        *("169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1"),
        *("192.0.2.1", "198.18.0.1", "203.0.113.9", "192.0.0.8"),  # for documentation, benchmarks and protocols
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::3", "ff02::1", "2001:db8::1", "2001::1", "5f00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),  # an old address in a new one
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::"),  # through a translator
    ],
)
@pytest.mark.parametrize("open_loopback", [False, True])
async def test_what_is_not_public_is_refused_after_the_name_was_resolved(address: str, open_loopback: bool) -> None:
    if open_loopback and address in {"127.0.0.1", "127.8.8.8", "::1"}:
        return
    with pytest.raises(Undeliverable, match="not public"):
        await checked_target("https://hooks.example.org/in", open_loopback=open_loopback, resolver=leading_to(address))


async def test_a_name_with_one_inner_address_among_public_ones_is_refused() -> None:
    with pytest.raises(Undeliverable, match="not public"):
        await checked_target("https://a.example", open_loopback=False, resolver=leading_to(PUBLIC, "10.0.0.1"))


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked = []

    async def _rebinding(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    target = await checked_target("https://hooks.example.org:8443/in?x=1", open_loopback=False, resolver=_rebinding)
    assert str(target.url) == f"https://{PUBLIC}:8443/in?x=1"
    assert (target.host, target.host_header) == ("hooks.example.org", "hooks.example.org:8443")
    assert asked == [("hooks.example.org", 8443)]


async def test_a_public_address_of_the_new_kind_is_taken() -> None:
    address = "2606:2800:220:1:248:1893:25c8:1946"
    target = await checked_target("https://a.example/in", open_loopback=False, resolver=leading_to(address))
    assert str(target.url) == f"https://[{address}]/in"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example.org/in", "https only"),
        ("ftp://hooks.example.org/in", "https only"),
        ("file:///etc/passwd", "name a host"),
        ("https://user:pass@hooks.example.org/in", "neither user nor password"),
        ("https:///in", "name a host"),
        ("https://[::1", "is none"),
        ("https://a.example:99999/in", "is none"),
    ],
)
async def test_a_url_of_another_kind_is_refused(url: str, says: str) -> None:
    with pytest.raises(Undeliverable, match=says):
        await checked_target(url, open_loopback=False, resolver=leading_to(PUBLIC))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "localhost"])
async def test_the_ways_to_write_loopback_are_all_refused_by_the_real_resolver(host: str) -> None:
    with pytest.raises(Undeliverable, match=r"not public|cannot be resolved"):
        await checked_target(f"https://{host}/in", open_loopback=False, resolver=resolve)


async def test_loopback_is_open_only_where_the_settings_say_so_and_then_nothing_else_is() -> None:
    target = await checked_target("http://127.0.0.1:8000/in", open_loopback=True)
    assert str(target.url) == "http://127.0.0.1:8000/in"
    with pytest.raises(Undeliverable, match="https only"):
        await checked_target("http://a.example/in", open_loopback=True, resolver=leading_to(PUBLIC))


async def test_a_name_that_does_not_exist_is_undeliverable_and_tried_again() -> None:
    with pytest.raises(Undeliverable) as failure:
        await checked_target("https://nowhere.invalid/in", open_loopback=False)
    assert not failure.value.final
