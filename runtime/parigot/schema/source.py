"""A .proto source as a syntax tree, with the line of every part.

proto-schema-parser does the parsing, on ANTLR. Its grammar takes comments for declarations, so that one
within a declaration is an error; it reads no hexadecimal field numbers and does not join strings. A first
pass therefore blanks comments out and rewrites such literals, keeping every line in its place.

Importing this module loads ANTLR; only `Schema.load` does that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antlr4 import CommonTokenStream, InputStream  # type: ignore[import-untyped]
from antlr4.error.ErrorListener import ErrorListener  # type: ignore[import-untyped]
from proto_schema_parser import ast
from proto_schema_parser.antlr.ProtobufLexer import ProtobufLexer
from proto_schema_parser.antlr.ProtobufParser import ProtobufParser
from proto_schema_parser.parser import _ASTConstructor

from parigot.errors import SchemaError

_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<number>0[xX][0-9a-fA-F]+(?![\w.])|0[0-7]+(?![\w.]))"""
    r"""|(?P<other>[0-9.][\w.]*|\s+|.)""",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
_TOKEN_WORDS = {"INT_LITERAL": "a number", "STRING_LITERAL": "a string", "IDENTIFIER": "a name"}
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file."""

    path: Path
    tree: ast.File
    lines: dict[int, int]  # id of a node of the tree -> its line

    def line(self, node: object) -> int:
        """The line of a node of the tree."""
        return self.lines.get(id(node), 1)


def parse(path: Path) -> Source:
    """Reads a .proto file.

    Raises:
        SchemaError: it cannot be read, or is not valid; with its line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SchemaError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise SchemaError("is not UTF-8 text", path=path) from error
    errors = _Errors()
    lexer = ProtobufLexer(InputStream(simplify(text)))
    parser = ProtobufParser(CommonTokenStream(lexer))
    for recognizer in (lexer, parser):
        recognizer.removeErrorListeners()  # the default one prints
        recognizer.addErrorListener(errors)
    builder = _Builder()
    try:
        parsed = parser.file_()  # type: ignore[no-untyped-call]
        if errors.first is None:
            return Source(path, builder.visit(parsed), builder.lines)
    except RecursionError as error:
        raise SchemaError("is nested too deeply to be read", path=path) from error
    except (ValueError, AttributeError) as error:  # numbers that are none, mostly
        raise SchemaError(f"cannot be read: {error}", path=path, line=builder.last) from error
    line, what = errors.first
    raise SchemaError(what, path=path, line=line)


def simplify(text: str) -> str:
    """Blanks comments out, joins adjacent strings, writes all whole numbers in decimal; keeps the lines."""
    found: list[str] = []
    string: str | None = None  # contents of the strings read last, and the blanks behind them
    behind = ""
    for match in _TOKENS.finditer(text):
        token = match.group()
        kind = match.lastgroup
        if kind == "string":
            body = token[1:-1]
            if token[0] == "'":
                body = re.sub(r"\\.|\"", lambda m: '\\"' if m.group() in ('"', "\\'") else m.group(), body)
            string = body if string is None else string + body
            continue
        if kind == "comment":
            token = "\n" * token.count("\n") or " "
        elif kind == "number":
            token = str(int(token, 16 if token[1] in "xX" else 8))
        if string is not None and token.isspace():
            behind += token
            continue
        if string is not None:
            found.append(f'"{string}"{behind}')
            string, behind = None, ""
        found.append(token)
    if string is not None:
        found.append(f'"{string}"{behind}')
    return "".join(found)


def unescape(text: str) -> bytes:
    """The bytes of a string literal, given what stands between its quotes."""

    def replace(match: re.Match[str]) -> bytes:
        hexadecimal, octal, short, long, other = match.groups()
        if hexadecimal or octal:
            return bytes([int(hexadecimal or octal, 16 if hexadecimal else 8) & 0xFF])
        if short or long:
            return chr(min(int(short or long, 16), 0x10FFFF)).encode("utf-8", "replace")
        return _SIMPLE.get(other, other).encode("utf-8", "replace")

    found, at = b"", 0
    for match in _ESCAPE.finditer(text):
        found += text[at : match.start()].encode("utf-8", "replace") + replace(match)
        at = match.end()
    return found + text[at:].encode("utf-8", "replace")


class _Builder(_ASTConstructor):
    """The library's tree builder, which also notes lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, int] = {}
        self.last = 1

    def visit(self, tree: Any) -> Any:
        if tree.start is not None:
            self.last = tree.start.line
        line = self.last
        node = super().visit(tree)
        if not isinstance(node, (str, int, float, bool, list, type(None))):
            self.lines[id(node)] = line
        return node


class _Errors(ErrorListener):  # type: ignore[misc]
    """Keeps the first error; the ones behind it are mostly its echoes."""

    def __init__(self) -> None:
        super().__init__()
        self.first: tuple[int, str] | None = None

    def syntaxError(
        self, recognizer: Any, offendingSymbol: Any, line: int, column: int, msg: str, e: Any
    ) -> None:
        if self.first is None:
            self.first = (line, _readable(offendingSymbol, msg))


def _readable(symbol: Any, message: str) -> str:
    """ANTLR's message without its lists of fifty keywords."""
    got = getattr(symbol, "text", None)
    if got is None:
        return message
    place = "the end of the file" if got == "<EOF>" else repr(got)
    found = re.search(r"^missing (\S+) at | expecting (?:([^{} ]+)|\{((?:[^,]*, ){0,5}[^,]*)\})$", message)
    if found is None:
        return f"unexpected {place}"
    wanted = found[1] or found[2] or found[3]
    for token, words in _TOKEN_WORDS.items():
        wanted = wanted.replace(token, words)
    return f"unexpected {place}, expected {wanted}"
