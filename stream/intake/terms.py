"""Under which vendor, locale and currency a judgment was made, as a number of 16 bits beside the judgment.

What is learned later of a judgment (a peer, a known answer, a retraction) must be booked where the judgment itself was
booked, and by then nobody tells its locale any more. Two bytes that every remembered judgment had to spare tell the
terms of one rater's judgments in one queue apart. Of a rater who works in a queue under several terms, two are taken
for one with a chance of 1 in 65,535; the sums stay right, and are found under the first of the two.
"""

import xxhash

from stream.quality.profile import Profile

_MOST = 65_535


def terms_of(profile: Profile) -> int:
    """1 to 65,535; 0 stands for a judgment that was not sent.

    >>> terms_of(Profile("r1", "q", "acme", "de")) == terms_of(Profile("r2", "p", "acme", "de"))
    True
    """
    said = "\0".join((profile.vendor, profile.locale or "", profile.currency or ""))
    return 1 + xxhash.xxh32_intdigest(said.encode()) % _MOST
