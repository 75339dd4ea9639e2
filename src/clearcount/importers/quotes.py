"""Whether every quote of a delimited file stands where one may, found in one pass over its bytes.

A cell that begins with a quote ends with one, and a quote inside it is doubled. Then each quote that opens follows a
delimiter or a line end, and each that closes is followed by one. One stray quote turns all later ones round, so that
nearly every one of them is out of place.
"""

from __future__ import annotations

import numpy as np

_QUOTE = ord('"')
_LINE_ENDS = b"\r\n"
_PIECE = 256 << 10


class QuoteCheck:
    """Takes the bytes under the header in chunks; `sound` is false once a quote is out of place.

    Unsound files are not wrong: a quote may stand inside a cell that is not quoted. They are read with more care.
    Without a delimiter no look is taken. With `whole_ends`, lines end with LF or CR LF, and a CR alone is out of place.
    """

    def __init__(self, delimiter: str, *, whole_ends: bool = False) -> None:
        self.sound = True
        self._whole_ends = whole_ends
        self._after_cr = False
        self._looks = bool(delimiter)
        self._edge = np.zeros(256, bool)
        self._edge[list(delimiter.encode() + _LINE_ENDS + b'"')] = True
        self._inside = False
        self._before = ord("\n")
        self._closing = False  # the last byte so far is a quote that closes, if the next byte lets it

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes of the file, in pieces that stay in the processor's cache."""
        if self._whole_ends and self._looks and (b"\r" in chunk or self._after_cr):
            apart = self._after_cr and not chunk.startswith(b"\n")
            self._after_cr = chunk.endswith(b"\r")
            if apart or chunk.count(b"\r") > chunk.count(b"\r\n") + self._after_cr:
                self.sound = False
        data = np.frombuffer(chunk, np.uint8)
        for start in range(0, len(data), _PIECE):
            if self.sound and self._looks:
                self._look(data[start : start + _PIECE])

    def finish(self) -> None:
        """Say that no more bytes come."""
        if self._inside:
            self.sound = False

    def _look(self, data: np.ndarray) -> None:
        if self._closing and not self._edge[data[0]]:
            self.sound = False
            return
        self._closing = False
        at = np.flatnonzero(data == _QUOTE)
        opening, closing = (at[1::2], at[::2]) if self._inside else (at[::2], at[1::2])
        if len(opening) and opening[0] == 0:
            self.sound &= bool(self._edge[self._before])
            opening = opening[1:]
        if len(closing) and closing[-1] == len(data) - 1:
            self._closing = True
            closing = closing[:-1]
        self.sound &= bool(self._edge[data[opening - 1]].all() and self._edge[data[closing + 1]].all())
        self._inside ^= bool(len(at) % 2)
        self._before = int(data[-1])
