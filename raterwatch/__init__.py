"""What programs outside of raterwatch may import: `from raterwatch import read`. The product itself is `stream`."""

from stream import __version__

__all__ = ["__version__"]
