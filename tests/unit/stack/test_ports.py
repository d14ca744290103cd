import socket
import threading

import pytest

from stack.ports import Ports, answers


def test_two_stacks_never_get_the_same_port() -> None:
    with Ports() as one, Ports() as other:
        ports = [source.take() for source in (one, other) for _ in range(50)]
    assert len(set(ports)) == 100


def test_a_port_stays_claimed_while_no_server_listens_on_it() -> None:
    with Ports() as one:
        port = one.take()
        assert not Ports()._claim(port)
    with Ports() as other:
        assert other._claim(port)


def test_a_port_in_use_is_not_handed_out() -> None:
    with Ports() as ports, socket.socket() as foreign:
        foreign.bind(("127.0.0.1", 0))
        assert not ports._claim(foreign.getsockname()[1])


def test_ports_lie_below_the_range_of_outgoing_connections() -> None:
    with Ports() as ports:
        assert all(20_000 <= ports.take() < 32_768 for _ in range(20))


@pytest.mark.parametrize(("reply", "accepted"), [(b"+PONG", True), (b"-LOAD", False)])
def test_an_answer_counts_only_when_it_is_the_expected_one(reply: bytes, accepted: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        # The kernel accepts the connection and buffers the request, so the order of the two sides does not matter.
        port = server.getsockname()[1]

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(reply)
                connection.recv(100)

        thread = threading.Thread(target=serve)
        thread.start()
        assert answers(port, b"PING\r\n", b"+PONG") is accepted
        thread.join()


def test_a_port_nobody_listens_on_does_not_answer() -> None:
    with Ports() as ports:
        assert not answers(ports.take())
