import psycopg

from stack.local import LocalStack


def test_a_postgres_server_keeps_its_data_over_an_orderly_end_with_clients_and_over_a_crash() -> None:
    with LocalStack(kafka=False, redis=False, postgres=True) as stack:
        server = stack.postgres
        with psycopg.connect(server.url, autocommit=True) as client:
            client.execute("CREATE TABLE kept (word text)")
            client.execute("INSERT INTO kept VALUES ('before')")
            server.restart()
        with psycopg.connect(server.url, autocommit=True) as client:
            client.execute("INSERT INTO kept VALUES ('between')")
            server.kill()
        server.start()
        with psycopg.connect(server.url) as client:
            assert client.execute("SELECT word FROM kept ORDER BY word").fetchall() == [("before",), ("between",)]
    assert not server.running
