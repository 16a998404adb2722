"""Comments and numbers in C."""

from __future__ import annotations

from parigot.gen.writer import Writer

_WIDTH = 110


def put_comment(out: Writer, *paragraphs: str) -> None:
    """A comment in front of what comes next; nothing for no text."""
    text = "\n".join(part.strip("\n") for part in paragraphs if part.strip())
    if not text:
        return
    safe = text.encode("ascii", "backslashreplace").decode().replace("/*", "/ *").replace("*/", "* /")
    first, *rest = [line.rstrip() for line in safe.splitlines()]
    lines = [f"/* {first.strip()}", *(f" * {line.strip()}" if line.strip() else " *" for line in rest)]
    out.line(*lines[:-1], f"{lines[-1]} */")


def number(value: int) -> str:
    """An int32_t as a constant of type int."""
    return "(-2147483647 - 1)" if value == -(1 << 31) else str(value)


def spread(head: str, parameters: list[str], tail: str) -> list[str]:
    """`head(parameters)tail`, over several lines where it is long."""
    line = f"{head}({', '.join(parameters) or 'void'}){tail}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"{head}(", *(f"    {one}," for one in parameters[:-1]), f"    {parameters[-1]}){tail}"]
