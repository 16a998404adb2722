"""What a terminal shows after the bytes that a program wrote: text only, no colours.

Understands what full-screen programs use: absolute cursor positions, clearing, scrolling by line feeds at the
bottom. Colours, modes, titles and queries are read and passed over.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-9:;<=>?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # titles, device strings
    r"|\x1b[ -/]*[0-Z\\^-~]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])"
    r"|(?P<text>[^\x00-\x1f]+)",
    re.DOTALL,
)


class Screen:
    """A grid of characters.

    Attributes:
        fed: bytes taken in so far.
    """

    def __init__(self, width: int, height: int) -> None:
        self.fed = 0
        self._width = width
        self._height = height
        self._rows = [[" "] * width for _ in range(height)]
        self._x = self._y = 0
        self._rest = ""  # an escape sequence whose end has not come yet
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> None:
        """Takes what the program wrote."""
        self.fed += len(data)
        text = self._rest + self._decoder.decode(data)
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                break
            at = match.end()
            if match["text"] is not None:
                self._put(match["text"])
            elif match["control"] is not None:
                self._control(match["control"])
            elif match["final"] is not None:
                self._sequence(match["final"], match["parameters"])
        self._rest = text[at:]

    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(row) for row in self._rows]

    def shows(self, words: str) -> bool:
        """Whether a row holds these words."""
        return any(words in line for line in self.lines())

    def _put(self, text: str) -> None:
        row = self._rows[self._y]
        if text.isascii():
            end = min(self._x + len(text), self._width)
            row[self._x : end] = text[: end - self._x]
            self._x = end
            return
        for character in text:
            if unicodedata.combining(character):
                continue
            cells = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self._x + cells > self._width:
                break
            row[self._x] = character
            if cells == 2:
                row[self._x + 1] = ""
            self._x += cells

    def _control(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\b":
            self._x = max(0, self._x - 1)
        elif character == "\n":
            if self._y + 1 < self._height:
                self._y += 1
            else:
                self._rows.append([" "] * self._width)
                del self._rows[0]

    def _sequence(self, final: str, parameters: str) -> None:
        if parameters[:1] in ("?", "<", "=", ">"):
            return
        numbers = [int(part or 0) for part in parameters.split(";")] if ":" not in parameters else [0]
        first = max(numbers[0], 1)
        if final in "Hf":
            self._y = min(first, self._height) - 1
            self._x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self._width) - 1
        elif final == "A":
            self._y = max(0, self._y - first)
        elif final == "B":
            self._y = min(self._height - 1, self._y + first)
        elif final == "C":
            self._x = min(self._width - 1, self._x + first)
        elif final == "D":
            self._x = max(0, self._x - first)
        elif final == "G":
            self._x = min(first, self._width) - 1
        elif final == "K":
            self._erase_line(numbers[0])
        elif final == "J" and numbers[0] in (2, 3):
            self._rows = [[" "] * self._width for _ in range(self._height)]

    def _erase_line(self, what: int) -> None:
        row = self._rows[self._y]
        start = 0 if what in (1, 2) else self._x
        end = self._x + 1 if what == 1 else self._width
        row[start:end] = [" "] * (end - start)
