"""Waiting for the product to answer, whatever it is that answers meanwhile."""

from __future__ import annotations

import socket
import threading

from core.launch import _is_ready


def test_a_port_that_echoes_its_question_is_not_ready() -> None:
    # So does a connection to an own port on which nobody listens yet, when it meets itself.
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(1000))

        echoing = threading.Thread(target=echo)
        echoing.start()
        assert not _is_ready(server.getsockname()[1])
        echoing.join()
