"""Decoded payloads as a line of a table, as an indented text, as JSON."""

from __future__ import annotations

from parigot.schema.model import Decoded, Field


def one_line(decoded: Decoded, width: int) -> str:
    """The fields on one line of at most `width` characters: `tongue: French, times: 3`."""
    if not decoded.type_name and not decoded.fields:
        text = ""
    else:
        text = ", ".join(_pieces(decoded.fields, width)) or "{}"
    return text if len(text) <= width else text[: max(0, width - 1)] + "…" * (width > 0)


def _pieces(fields: tuple[Field, ...], room: int) -> list[str]:
    """Each field on its own, until the room is used up."""
    pieces = []
    for field in fields:
        if room <= 0:
            break
        value = field.text
        if field.children and not _tells_all(field):
            inside = _pieces(field.children, room)
            if field.children[0].name.startswith("[") and field.type != "map":
                inside = [piece.partition(": ")[2] for piece in inside]
                value = f"[{', '.join(inside)}]"
            else:
                value = f"{{{', '.join(inside)}}}"
        elif not field.text:
            value = "{}"
        pieces.append(f"{field.name}: {value}")
        room -= len(pieces[-1]) + 2
    return pieces


def _tells_all(field: Field) -> bool:
    """Whether the text of a message says what its fields say: ids, times, wrapped values."""
    return bool(field.text) and not field.children[0].name.startswith(("[", "…"))


def lines(decoded: Decoded) -> list[str]:
    """The type, a note if there is one, and every field, indented."""
    found = [decoded.type_name] if decoded.type_name else []
    if decoded.note:
        found.append(f"({decoded.note})")
    _add_lines(decoded.fields, "  " if found else "", found)
    if decoded.type_name and not decoded.fields and not decoded.note:
        found.append("  (no fields)")
    return found


def _add_lines(fields: tuple[Field, ...], indent: str, found: list[str]) -> None:
    for field in fields:
        found.append(f"{indent}{field.name}: {field.text}".rstrip())
        _add_lines(field.children, indent + "  ", found)


def to_json(decoded: Decoded) -> object:
    """`{"type", "note", "fields": [{"name", "type", "text", "fields"}]}`.

    `note` is left out where there is none, and so are the `fields` of a field without children.
    """
    value: dict[str, object] = {"type": decoded.type_name}
    if decoded.note:
        value["note"] = decoded.note
    value["fields"] = [_field_json(field) for field in decoded.fields]
    return value


def _field_json(field: Field) -> dict[str, object]:
    value: dict[str, object] = {"name": field.name, "type": field.type, "text": field.text}
    if field.children:
        value["fields"] = [_field_json(child) for child in field.children]
    return value
