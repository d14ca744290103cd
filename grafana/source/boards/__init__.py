"""The boards, one a file, in the order in which questions come up."""
