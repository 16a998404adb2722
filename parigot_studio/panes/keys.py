"""The bottom line: the keys that do something now, or an answer to the last one.

One widget that draws one line. Textual's own footer is a widget a key, mounted anew with each change of
focus, which costs more than all of the studio's drawing.
"""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual import events
from textual.widget import Widget

from parigot_studio.actions import ACTIONS
from parigot_studio.render.palette import DARK, Palette
from parigot_studio.render.text import crop

ORDER: dict[str | None, int] = {action.name: place for place, action in enumerate(ACTIONS)}


class KeyLine(Widget):
    """Keys and their words; a click does what the key does."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._palette = DARK
        self._words = ""
        self._places: list[tuple[int, int, str]] = []  # from, to, key

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def show(self, palette: Palette) -> None:
        """Uses these colours from now on."""
        if palette is not self._palette:
            self._palette = palette
            self.refresh()

    def say(self, words: str) -> None:
        """Says this, until the next key."""
        if words != self._words:
            self._words = words
            self.refresh()

    def hush(self) -> None:
        """A key was pressed: what was said has been read."""
        if self._words:
            self.say("")

    def _keys(self) -> list[tuple[str, str, str]]:
        """(key, as shown, word) of what can be done now, once for each action, in the order of the table."""
        found: dict[str, tuple[str, str, str]] = {}
        actives = sorted(
            self.screen.active_bindings.values(), key=lambda active: ORDER.get(active.binding.id, -1)
        )
        for active in actives:
            binding = active.binding
            if binding.show and active.enabled:
                shown = binding.key_display or binding.key
                found.setdefault(binding.action, (binding.key, shown, binding.description))
        return list(found.values())

    def render(self) -> Text:
        palette = self._palette
        text = Text(no_wrap=True, end="")
        self._places = []
        if self._words:
            return text.append(
                " " + crop(self._words, self.size.width - 2), palette.accent + Style(bold=True)
            )
        for key, shown, word in self._keys():
            start = text.cell_len
            if start + len(shown) + len(word) + 3 > self.size.width:
                continue
            text.append(f" {shown}", palette.warn + Style(bold=True)).append(
                f" {crop(word, 20)} ", palette.muted
            )
            self._places.append((start, text.cell_len, key))
        return text

    def on_click(self, event: events.Click) -> None:
        for start, end, key in self._places:
            if start <= event.x < end:
                self.app.simulate_key(key)
