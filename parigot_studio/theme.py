"""The studio's two themes, and the row colours that go with them."""

from __future__ import annotations

from textual.theme import Theme

from parigot_studio.render.palette import DARK, LIGHT, Palette

DARK_THEME = Theme(
    name="parigot-dark",
    primary="#6cb6ff",
    secondary="#8bd5ca",
    accent="#c6a0f6",
    foreground="#d7dce2",
    background="#0f141a",
    surface="#141b23",
    panel="#1c252f",
    success="#7bd88f",
    warning="#e8b84f",
    error="#ff7b72",
    dark=True,
    variables={
        "border": "#6cb6ff",
        "border-blurred": "#33414f",
        "block-cursor-text-style": "none",
    },
)

LIGHT_THEME = Theme(
    name="parigot-light",
    primary="#0757ba",
    secondary="#0b7a72",
    accent="#7a3fc0",
    foreground="#24292f",
    background="#fafbfc",
    surface="#ffffff",
    panel="#edf0f4",
    success="#1a7f37",
    warning="#8a5a00",
    error="#c01c28",
    dark=False,
    variables={
        "border": "#0757ba",
        "border-blurred": "#c3cad3",
        "block-cursor-text-style": "none",
    },
)

THEMES = (DARK_THEME, LIGHT_THEME)


def palette_for(theme: Theme) -> Palette:
    """The row colours that can be read on a theme's background."""
    return DARK if theme.dark else LIGHT
