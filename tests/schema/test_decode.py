"""Payloads as people see them."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from google.protobuf import any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.errors import KernelErr
from parigot.ids import Id, IdKind
from parigot.pb.syscall.v1 import syscall_pb2
from parigot.schema import Decoded, Field, Schema, lines, one_line, to_json

PROTO = """\
syntax = "proto3";
package shop.v1;
import "protosupport/v1/protosupport.proto";
import "google/protobuf/timestamp.proto";
enum Color { None = 0; Red = 1; }
message Item { string name = 1; int32 count = 2; }
message Order {
  string id = 1;
  Color color = 2;
  repeated Item items = 3;
  map<string, int32> stock = 4;
  optional int32 note = 5;
  repeated int32 numbers = 6;
  bytes raw = 7;
  Item main = 8;
  double price = 9;
  oneof how { bool fast = 10; string slow = 11; }
  protosupport.v1.IdRaw owner = 12;
  Order again = 13;
}
message Empty {}
message Old { string id = 1; }
service Shop { option (protosupport.v1.error_id_name) = "ShopErr"; rpc Buy(Order) returns (Empty); }
service Other { rpc Buy(Order) returns (Empty); }
enum ShopErr { option (protosupport.v1.parigot_error) = true; NoError = 0; SoldOut = 4; SoldOutAgain = 5; }
"""
PROTO = PROTO.replace("enum ShopErr", "enum Unmarked { U = 0; SoldIn = 4; }\nenum ShopErr")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("protos")
    (folder / "shop.proto").write_text(PROTO)
    return Schema.load([folder])


def packed(name: str, value: bytes) -> bytes:
    return any_pb2.Any(type_url=f"type.googleapis.com/{name}", value=value).SerializeToString()


def of(message: Message) -> bytes:
    return packed(message.DESCRIPTOR.full_name, message.SerializeToString())


def make(schema: Schema, name: str, **values: object) -> Message:
    message: Message = schema._class(name)(**values)
    return message


def test_an_order(schema: Schema) -> None:
    order = make(
        schema,
        "shop.v1.Order",
        id='a"\n\x1b[31m',
        color=1,
        items=[{"name": "pen", "count": 2}, {"name": "ink"}],
        stock={"z": 1, "a": 2},
        note=0,
        numbers=[3, 1, 2],
        raw=b"\x00\xff",
        main={},
        price=2.5,
        slow="x",
        owner={"high": ord("s") << 56, "low": 0x7C20},
    )
    decoded = schema.decode(of(order))
    assert decoded.note == ""
    assert lines(decoded) == [
        "shop.v1.Order",
        '  id: "a\\"\\n\\u{1b}[31m"',
        "  color: Red",
        "  items: 2 items",
        "    [0]:",
        '      name: "pen"',
        "      count: 2",
        "    [1]:",
        '      name: "ink"',
        "      count: 0",
        "  stock: 2 items",
        '    ["a"]: 2',
        '    ["z"]: 1',
        "  note: 0",
        "  numbers: [3, 1, 2]",
        "  raw: 00 ff (2 bytes)",
        "  main:",
        '    name: ""',
        "    count: 0",
        "  price: 2.5",
        '  slow: "x"',
        "  owner: [svc-7c20]",
        f"    high: {ord('s') << 56}",
        f"    low: {0x7C20}",
    ]
    assert one_line(decoded, 1000) == (
        'id: "a\\"\\n\\u{1b}[31m", color: Red, items: [{name: "pen", count: 2}, {name: "ink", count: 0}], '
        'stock: {["a"]: 2, ["z"]: 1}, note: 0, numbers: [3, 1, 2], raw: 00 ff (2 bytes), '
        'main: {name: "", count: 0}, price: 2.5, slow: "x", owner: [svc-7c20]'
    )
    assert one_line(decoded, 20) == 'id: "a\\"\\n\\u{1b}[31…'
    assert one_line(decoded, 0) == ""
    assert json.dumps(to_json(decoded))


def test_fields_have_types(schema: Schema) -> None:
    decoded = schema.decode(of(make(schema, "shop.v1.Order", items=[{}], stock={"a": 1}, numbers=[1])))
    assert {field.name: field.type for field in decoded.fields} == {
        "id": "string",
        "color": "shop.v1.Color",
        "items": "repeated shop.v1.Item",
        "stock": "map",
        "numbers": "repeated int32",
        "raw": "bytes",
        "price": "double",
    }


def test_numbers_without_a_name(schema: Schema) -> None:
    assert "color: 77" in one_line(schema.decode(packed("shop.v1.Order", b"\x10\x4d")), 100)


def test_fields_that_the_schema_does_not_know(schema: Schema) -> None:
    order = make(schema, "shop.v1.Order", id="x", items=[{"name": "pen"}])
    decoded = schema.decode(packed("shop.v1.Old", order.SerializeToString()))
    assert decoded.note == ""
    assert decoded.fields[0] == Field("id", "string", '"x"')
    assert decoded.fields[1] == Field("3", "message", "", (Field("1", "text", '"pen"'),))


def test_an_unknown_type_is_shown_raw(schema: Schema) -> None:
    decoded = schema.decode(
        packed("nobody.v1.Knows", b"\x08\x05\x12\x04text\x1a\x02\x08\x09\x25\x01\x00\x00\x00")
    )
    assert decoded == Decoded(
        "nobody.v1.Knows",
        (
            Field("1", "varint", "5"),
            Field("2", "text", '"text"'),
            Field("3", "message", "", (Field("1", "varint", "9"),)),
            Field("4", "fixed32", "1"),
        ),
        "no .proto declares nobody.v1.Knows",
    )
    assert one_line(decoded, 99) == '1: 5, 2: "text", 3: {1: 9}, 4: 1'
    assert lines(decoded)[:2] == ["nobody.v1.Knows", "(no .proto declares nobody.v1.Knows)"]


def test_bytes_that_do_not_fit_their_type(schema: Schema) -> None:
    decoded = schema.decode(packed("shop.v1.Order", b"\x08\x05\xff"))
    assert decoded.note == "the bytes are no shop.v1.Order"
    assert decoded.fields == (Field("1", "varint", "5"), Field("…", "no field", "ff (1 byte)"))


def test_what_is_no_any() -> None:
    assert Schema.empty().decode(b"") == Decoded("")
    assert lines(Decoded("")) == []
    assert one_line(Decoded(""), 10) == ""
    decoded = Schema.empty().decode(b"\x08\x05")
    assert decoded == Decoded("", (Field("1", "varint", "5"),), "not a google.protobuf.Any")


def test_an_empty_message(schema: Schema) -> None:
    decoded = schema.decode(packed("shop.v1.Empty", b""))
    assert decoded == Decoded("shop.v1.Empty")
    assert one_line(decoded, 10) == "{}"
    assert lines(decoded) == ["shop.v1.Empty", "  (no fields)"]


def test_well_known_types_need_no_proto() -> None:
    empty = Schema.empty()
    stamp = timestamp_pb2.Timestamp(seconds=1, nanos=5_000_000)
    inner = any_pb2.Any()
    inner.Pack(stamp)
    assert one_line(empty.decode(of(inner)), 99).startswith(
        'type_url: "type.googleapis.com/google.protobuf.Timestamp"'
    )
    pair = syscall_pb2.ExitPair(service_id={"high": ord("s") << 56, "low": 9}, code=3)
    assert one_line(empty.decode(of(pair)), 99) == "service_id: [svc-0009], code: 3"
    values = struct_pb2.Struct()
    values.update({"a": [1, True, None]})
    assert "number_value: 1" in "\n".join(lines(empty.decode(of(values))))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (timestamp_pb2.Timestamp(seconds=1, nanos=5_000_000), "1970-01-01T00:00:01.005Z"),
        (timestamp_pb2.Timestamp(seconds=10**15), ""),
        (duration_pb2.Duration(seconds=90, nanos=500_000_000), "0:01:30.500000"),
        (duration_pb2.Duration(seconds=2**62), ""),
        (wrappers_pb2.StringValue(value="x"), '"x"'),
    ],
)
def test_known_messages_inside_others_are_one_line(message: Message, text: str) -> None:
    from parigot.schema.decode import _known

    assert _known(message) == text


def test_ids_are_shown_short() -> None:
    made = Id.make(IdKind.CALL, 1, 0xABCD)
    bundle = syscall_pb2.DispatchResponse(call_id={"high": made.high, "low": made.low})
    assert one_line(Schema.empty().decode(of(bundle)), 99) == "call_id: [call-abcd]"


def test_long_values_are_clipped(schema: Schema) -> None:
    order = make(
        schema,
        "shop.v1.Order",
        id="x" * 5000,
        raw=b"\x00" * 5000,
        numbers=list(range(5000)),
        items=[{"count": i} for i in range(5000)],
        stock={str(i): i for i in range(5000)},
    )
    decoded = schema.decode(of(order))
    shown = lines(decoded)
    assert len(shown) < 1100
    assert max(map(len, shown)) < 500
    assert "(5,000 characters)" in shown[1]
    text = "\n".join(shown)
    assert "(5,000 bytes)" in text
    assert "(5,000 items)" in text
    assert "…: 4,900 more" in text


def test_deep_messages_end_somewhere(schema: Schema) -> None:
    value = b""
    for _ in range(60):
        value = b"\x6a" + bytes([len(value) & 0x7F | 0x80, len(value) >> 7]) + value
    decoded = schema.decode(packed("shop.v1.Order", value))
    assert "too deep to show" in "\n".join(lines(decoded))


def test_error_names(schema: Schema) -> None:
    assert schema.error_name("shop.v1.Shop", 4) == "SoldOut"
    assert schema.error_name("shop.v1.shop", 5) == "SoldOutAgain"
    assert schema.error_name("shop.v1.Shop", 19) == KernelErr.KernelDependencyFailure.name
    assert schema.error_name("shop.v1.Shop", 4711) == "4711"
    assert schema.error_name("shop.v1.Other", 4) == "SoldOut"  # the only error enum of its package
    assert schema.error_name("nobody.v1.Knows", 4) == "NamespaceExhausted"
    assert Schema.empty().error_name("", 0) == "NoError"


def any_field(fields: tuple[Field, ...]) -> list[Field]:
    return [inner for field in fields for inner in (field, *any_field(field.children))]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=100).map(lambda value: packed("shop.v1.Order", value)),
        st.tuples(st.text(max_size=20), st.binary(max_size=60)).map(lambda pair: packed(*pair)),
    )
)
def test_any_bytes_give_something_safe_to_show(schema: Schema, data: bytes) -> None:
    decoded = schema.decode(data)
    json.dumps(to_json(decoded))
    for line in (*lines(decoded), one_line(decoded, 80), decoded.type_name, decoded.note):
        assert all(unicodedata.category(char) not in ("Cc", "Zl", "Zp", "Cs") for char in line)
    assert len(one_line(decoded, 80)) <= 80
    assert len(any_field(decoded.fields)) < 3000


@pytest.mark.parametrize(
    "pattern", [b"\x0a\x02" * 5000, b"\x08\x01" * 50_000, b"\x0a" * 10_000, b"\x0b" * 1000]
)
def test_hostile_bytes_end_soon(schema: Schema, pattern: bytes) -> None:
    assert len(any_field(schema.decode(pattern).fields)) < 3000
    assert len(any_field(schema.decode(packed("x", pattern)).fields)) < 3000


def test_importing_the_package_loads_neither_antlr_nor_protobuf() -> None:
    code = "import sys, parigot.schema; print([m for m in sys.modules if m in ('antlr4', 'google.protobuf')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_a_single_file_finds_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "a" / "v1").mkdir(parents=True)
    (tmp_path / "a" / "v1" / "a.proto").write_text(
        'syntax = "proto3"; package a.v1; import "a/v1/b.proto"; message A { B b = 1; }'
    )
    (tmp_path / "a" / "v1" / "b.proto").write_text(
        'syntax = "proto3"; package a.v1; message B { int32 n = 1; }'
    )
    schema = Schema.load([tmp_path / "a" / "v1" / "a.proto"])
    assert one_line(schema.decode(packed("a.v1.A", b"\x0a\x02\x08\x07")), 40) == "b: {n: 7}"


def test_an_app_may_bring_its_own_protosupport(tmp_path: Path) -> None:
    (tmp_path / "protosupport" / "v1").mkdir(parents=True)
    (tmp_path / "protosupport" / "v1" / "protosupport.proto").write_text(
        'syntax = "proto3"; package protosupport.v1; message IdRaw { fixed64 high = 1; fixed64 low = 2; }'
    )
    schema = Schema.load([tmp_path])
    value = b"\x09" + (ord("c") << 56).to_bytes(8, "little") + b"\x11" + (5).to_bytes(8, "little")
    assert (
        one_line(schema.decode(packed("protosupport.v1.IdRaw", value)), 60)
        == f"high: {ord('c') << 56}, low: 5"
    )
