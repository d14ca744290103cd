"""`python -m stream` is `raterwatch`."""

from stream.cli import main

main()
