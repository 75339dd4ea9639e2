"""The keeper of heads: a small process of another user that appends what it is told and takes nothing back.

`clearcount manage keep-anchors --socket PATH --file FILE`. It reads no setting, opens no database and imports
no Django. Who may connect is the mode of the socket's folder; a line that is no head is refused.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

from clearcount_web.audit.anchors import SECONDS, AnchorFault, parsed

LONGEST = 2_000
"""Characters of a question; a head has some 250."""
_ENDS = (signal.SIGTERM, signal.SIGINT)
_PAUSE = 0.1
"""Seconds until the next try when no connection can be taken."""


class Keeper:
    """Appends heads to a file and hands them out again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._last: dict[str, str] = {}
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))

    def answer(self, question: str) -> bytes:
        """Return the answer to one line: `read`, or `note ` and a head."""
        if question == "read":
            return self._file.read_bytes()
        anchor = parsed(question.removeprefix("note ")) if question.startswith("note {") else None
        if anchor is None:
            return b"refused\n"
        with self._lock:
            line = anchor.as_line()
            if self._last.get(anchor.chain) != anchor.mac or anchor.restored:
                with self._file.open("ab") as lines:
                    lines.write(line.encode() + b"\n")
                    lines.flush()
                    os.fsync(lines.fileno())
                self._last[anchor.chain] = anchor.mac
        return b"noted\n"

    def serve(self, connection: socket.socket) -> None:
        """Answer one connection, which has little time to ask its one question."""
        with connection:
            connection.settimeout(SECONDS)
            try:
                asked = b""
                while b"\n" not in asked and len(asked) <= LONGEST:
                    part = connection.recv(LONGEST)
                    if not part:
                        return
                    asked += part
                connection.sendall(self.answer(asked.decode("utf-8", "replace").partition("\n")[0]))
            except OSError:
                return  # who asked has gone, or was too slow


def keep(listening: Path, file: Path) -> None:
    """Listen on a Unix socket until told to stop.

    Raises:
        AnchorFault: when the socket or the file cannot be made.
    """
    # Waited for below, never handled: a handler could run just before the wait begins, which then never ends.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        keeper = Keeper(file)
        listening.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.bind(str(listening))
            listening.chmod(0o660)
            door.listen(64)
            threading.Thread(target=_accept, args=(door, keeper), daemon=True).start()
            signal.sigwait(_ENDS)
    except OSError as error:
        raise AnchorFault(f"heads cannot be kept in {file} over {listening} ({error.strerror})") from None
    finally:
        listening.unlink(missing_ok=True)


def _accept(door: socket.socket, keeper: Keeper) -> None:
    while True:
        try:
            connection, _ = door.accept()
            threading.Thread(target=keeper.serve, args=(connection,), daemon=True).start()
        except (OSError, RuntimeError):  # too many files or threads at once: those that are answered make room
            time.sleep(_PAUSE)
