"""The page that shows drawn boards, piece by piece."""
