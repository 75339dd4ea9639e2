"""Ports of loopback for the servers that a test starts."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def free_ports(count: int) -> tuple[int, ...]:
    """So many ports that nobody listens on, no two the same."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _port in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return tuple(int(one.getsockname()[1]) for one in sockets)


def free_port() -> int:
    """A port that nobody listens on."""
    return free_ports(1)[0]
