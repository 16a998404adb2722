"""protoc-gen-parigot: a plugin of protoc (and buf). Request on stdin, response on stdout.

    protoc --parigot_out=lang=go:out -I proto greeting/v1/greeting.proto

Options, separated by commas: `lang=c|go|python` (may be given more than once), and those of the languages
(`Language.options`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.message import DecodeError

from parigot.gen.model import GeneratedFile, Schema
from parigot.gen.read import SchemaProblems, read

Generate = Callable[[Schema, Mapping[str, str]], list[GeneratedFile]]

LANGUAGES = ("c", "go", "python")
_USAGE = """\
protoc-gen-parigot is a plugin of protoc and buf, and is started by them:
  protoc --parigot_out=lang=go:FOLDER -I proto greeting/v1/greeting.proto
Languages: lang=c, lang=go, lang=python. `parigot gen APP` does this for a whole app."""
_OPTIONS = {"go": ("module",)}  # by language: what else may be said


def respond(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    """The plugin's answer: files, or an error that names every place."""
    response = CodeGeneratorResponse()
    response.supported_features = CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    try:
        languages, options = _parameters(request.parameter)
        schema = read(request)
        for language in languages:
            for made in generator(language)(schema, options):
                response.file.add(name=made.path, content=made.text)
    except (SchemaProblems, ValueError) as error:
        del response.file[:]
        response.error = str(error)
    return response


def generator(language: str) -> Generate:
    """The function that makes a language's files: `generate(schema, options)` of `parigot.gen.LANGUAGE`."""
    if not has_generator(language):
        raise ValueError(f"lang={language}: this version has no generator for it")
    made: Generate = import_module(f"parigot.gen.{language}").generate
    return made


def has_generator(language: str) -> bool:
    """Whether code can be made for a language."""
    found = find_spec(f"parigot.gen.{language}")
    return found is not None and found.origin is not None


def _parameters(text: str) -> tuple[list[str], dict[str, str]]:
    languages: list[str] = []
    options: dict[str, str] = {}
    for word in filter(None, text.split(",")):
        key, _, value = word.strip().partition("=")
        if key == "lang":
            if value not in LANGUAGES:
                raise ValueError(f"lang={value}: there are lang={', lang='.join(LANGUAGES)}")
            if value not in languages:
                languages.append(value)
        else:
            options[key] = value
    if not languages:
        raise ValueError("say which language: --parigot_out=lang=go:FOLDER (there are c, go and python)")
    known = {name for language in languages for name in _OPTIONS.get(language, ())}
    for key in options:
        if key not in known:
            raise ValueError(f"unknown option {key} (with lang={', '.join(languages)})")
    return languages, options


def main() -> int:
    """The command."""
    sent = b"" if len(sys.argv) > 1 or sys.stdin.isatty() else sys.stdin.buffer.read()
    try:
        request = CodeGeneratorRequest.FromString(sent)
    except DecodeError:
        sent = b""
    if not sent:
        print(_USAGE, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(respond(request).SerializeToString())
    return 0
