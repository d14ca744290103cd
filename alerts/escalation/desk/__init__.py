"""The case desk: pages made on the server, which need no script."""
