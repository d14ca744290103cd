import hashlib
from typing import Protocol

from stream.intake.pseudonyms import ALPHABET, PseudonymKey
from stream.simulate.world import World

AUDITORS = "auditors"  # have a key of their own, as a team would


class Naming(Protocol):
    """Gives raters and auditors their ids."""

    def rater(self, vendor: str, number: int) -> str: ...
    def auditor(self, number: int) -> str: ...


def naming(world: World, seed: int) -> Naming:
    """The naming that the world asks for."""
    return RawNaming() if world.pseudonyms == "raw" else DemoNaming([vendor.name for vendor in world.vendors], seed)


class DemoNaming:
    """Pseudonyms of a key for each vendor. The keys follow from the seed: they are fit for made-up people only."""

    def __init__(self, vendors: list[str], seed: int) -> None:
        self._raw = RawNaming()
        self._keys = {name: _demo_key(name, number, seed) for number, name in enumerate([AUDITORS, *vendors])}

    def rater(self, vendor: str, number: int) -> str:
        return self._keys[vendor].pseudonym(self._raw.rater(vendor, number))

    def auditor(self, number: int) -> str:
        return self._keys[AUDITORS].pseudonym(self._raw.auditor(number))


class RawNaming:
    """Ids as a vendor's own system has them, for worlds that try `accept_raw_ids` or `intake`."""

    def rater(self, vendor: str, number: int) -> str:
        return f"{vendor}_{number:05d}"

    def auditor(self, number: int) -> str:
        return f"auditor_{number:02d}"


def _demo_key(name: str, number: int, seed: int) -> PseudonymKey:
    tens, ones = divmod(number, len(ALPHABET))
    key_id = ALPHABET[-1 - tens % len(ALPHABET)] + ALPHABET[ones]
    return PseudonymKey(key_id, hashlib.sha256(f"simulated {name} {seed}".encode()).digest())
