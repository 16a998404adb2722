"""Payloads for people: an app's .proto files, and messages decoded by them.

    schema     Schema: load, decode, error_name          show       one_line, lines, to_json
    load       files, imports, the descriptor pool       compile    syntax tree to descriptors
    source     text to syntax tree (the only ANTLR)      options    options of .proto files
    decode     a message as fields                       wire       bytes without a schema

`parigot run` never decodes; so importing this package loads neither ANTLR nor a message.
"""

from parigot.schema.model import Decoded, Field
from parigot.schema.schema import Schema
from parigot.schema.show import lines, one_line, to_json

__all__ = ["Decoded", "Field", "Schema", "lines", "one_line", "to_json"]
