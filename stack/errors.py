"""StackError is this package's one error; its message lists what to install or shows why a server did not start."""


class StackError(Exception):
    """The local stack cannot be installed or started; the message says what to do next."""
