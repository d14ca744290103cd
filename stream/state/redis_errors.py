"""What Redis's errors mean for a caller, and what a person can do about each."""

from redis import exceptions

from stream.errors import RaterwatchError, StateError, Unavailable

# By the code that begins an error reply; older servers put it in the middle of a script's error text.
_FOR_NOW = {
    "OOM": "is out of memory: raise maxmemory, or free memory; the worker then goes on by itself",
    "MISCONF": "cannot save to its disk: free disk space or mend the volume (its log says what failed)",
    "NOREPLICAS": "has fewer replicas in reach than min-replicas-to-write: bring them back",
    "READONLY": "is a replica now: let the URL's name lead to the primary",
    "MASTERDOWN": "is a replica without its primary: let the URL's name lead to the primary",
    "UNBLOCKED": "changed its role while it answered: wait",
    "LOADING": "is still loading its data: wait",
    "BUSY": "is held by somebody's long script: SCRIPT KILL ends one that only reads",
    "CLUSTERDOWN": "says its cluster is down: check CLUSTER INFO",
    "TRYAGAIN": "is moving this slot to another node: wait",
    "NOAUTH": "asks for a password: set the password file",
    "WRONGPASS": "refuses user or password: correct the URL's user or the password file",
    "NOPERM": "forbids this user a command or a key: correct its ACL",
    "MAXCLIENTS": "has no free connection: raise maxclients",
}
# Replies that have no code of their own, with the one they are filed under.
_PHRASES = {
    "max number of clients": "MAXCLIENTS",
    "The user executing the script": "NOPERM",
    "ACL failure in script": "NOPERM",
}
LOGIN_CODES = ("NOAUTH", "WRONGPASS", "NOPERM")
# After these a new connection is needed: the name may lead to another server by now.
MOVED_AWAY = ("READONLY", "MASTERDOWN", "UNBLOCKED")


def meaning(error: Exception, server: str) -> RaterwatchError | None:
    """The product's error for one of redis-py's; None for a fault of this program, which should end it.

    `server` is the address to name, without secrets. An error's own text is never repeated: it may quote a command.
    """
    if code := refusal_code(error):
        return Unavailable(f"Redis at {server} {_FOR_NOW[code]} ({code})")
    if isinstance(error, exceptions.TimeoutError):
        return Unavailable(f"Redis at {server} did not answer in time: check its load and the network")
    if isinstance(error, (exceptions.ConnectionError, exceptions.RedisClusterException, OSError)):
        return Unavailable(f"Redis at {server} cannot be reached: check that it runs and that the address is right")
    if isinstance(error, exceptions.ResponseError) and "WRONGTYPE" in str(error):
        return StateError(
            f"Redis at {server} holds a key of another type where a shard's should be: something else writes under "
            "this prefix; give each application its own prefix"
        )
    return None


def refusal_code(error: BaseException | None) -> str | None:
    """The known code of an error reply, or None."""
    if error is None:
        return None
    text = f"{getattr(error, 'status_code', None) or ''} {error}"
    words = text.replace("-", " ").split()
    named = [code for code in _FOR_NOW if code in words] + [_PHRASES[phrase] for phrase in _PHRASES if phrase in text]
    if not named and isinstance(error, exceptions.AuthenticationError):
        return "WRONGPASS"
    return named[0] if named else None
