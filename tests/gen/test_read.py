"""From protoc's request to the model: what it holds, and the place of everything it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gen.protos import ERRORS, HEAD, schema_of
from parigot.gen.model import Field, Kind, Location, Message, Schema
from parigot.gen.read import SchemaProblems

SHOP = (
    """\
// What this file is for.
//
// And more of it.

"""
    + HEAD
    + """\

// Sells things.
// In two lines.
service Shop {
  option (protosupport.v1.error_id_name) = "ShopErr";

  // Buys.
  rpc Buy(Order) returns (Receipt);
  rpc Close(Nothing) returns (Nothing);  // For good.
}

message Nothing {}

message Order {
  // A part.
  message Line {
    enum Size {
      SMALL = 0;
      LARGE = 5;
    }
    string what = 1;
    Size size = 2;
    Line inner = 3;
  }

  repeated Line lines = 1;  // What is wanted.
  map<string, Line> by_name = 2;
  map<int32, Line.Size> sizes = 3;
  optional int32 priority = 4;
  oneof pay {
    string card = 5;
    Line barter = 6;
  }
  repeated int32 packed = 7;
  repeated int32 unpacked = 8 [packed = false];
  repeated string words = 9;
  bytes raw_bytes = 10;
}

message Receipt {
  double a = 1;
  float b = 2;
  int64 c = 3;
  uint64 d = 4;
  fixed64 e = 5;
  fixed32 f = 6;
  bool g = 7;
  uint32 h = 8;
  sfixed32 i = 9;
  sfixed64 j = 10;
  sint32 k = 11;
  sint64 l = 12;
  protosupport.v1.IdRaw id = 13;
}
"""
    + ERRORS.replace("}", "  // Nothing left.\n  SoldOut = 4;\n}")
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of(tmp_path_factory.mktemp("shop"), shop__v1__shop=SHOP)


def message(schema: Schema, name: str) -> Message:
    file = schema.files["shop/v1/shop.proto"]
    return next(one for one in file.all_messages() if one.full_name == f"shop.v1.{name}")


def field(schema: Schema, owner: str, name: str) -> Field:
    return next(one for one in message(schema, owner).fields if one.name == name)


def test_the_file(schema: Schema) -> None:
    (file,) = schema.to_generate
    assert (file.name, file.stem, file.package) == ("shop/v1/shop.proto", "shop/v1/shop", "shop.v1")
    assert file.comment == "What this file is for.\n\nAnd more of it."
    assert file.imports == ("protosupport/v1/protosupport.proto",)
    names = ["Nothing", "Order", "Order.Line", "Receipt"]
    assert [one.full_name for one in file.all_messages()] == [f"shop.v1.{name}" for name in names]
    assert [one.full_name for one in file.all_enums()] == ["shop.v1.ShopErr", "shop.v1.Order.Line.Size"]


def test_the_service(schema: Schema) -> None:
    (service,) = schema.to_generate[0].services
    assert (service.name, service.full_name, service.package) == ("Shop", "shop.v1.Shop", "shop.v1")
    assert service.comment == "Sells things.\nIn two lines."
    assert [value.name for value in service.error.values][-1] == "SoldOut"
    assert service.error.values[-1].comment == "Nothing left."
    buy, close = service.methods
    assert (buy.name, buy.comment) == ("Buy", "Buys.")
    assert buy.request is message(schema, "Order")
    assert buy.reply is message(schema, "Receipt")
    assert close.request.is_empty
    assert close.comment == "For good."
    line = SHOP.split("\n").index("  rpc Buy(Order) returns (Receipt);") + 1
    assert buy.location == Location("shop/v1/shop.proto", line, 3)


def test_nested_types(schema: Schema) -> None:
    order, line = message(schema, "Order"), message(schema, "Order.Line")
    assert order.messages == [line]  # and not the entries of its maps
    assert line.path == ("Order", "Line")
    assert line.comment == "A part."
    (size,) = line.enums
    assert size.path == ("Order", "Line", "Size")
    assert [(value.name, value.number) for value in size.values] == [("SMALL", 0), ("LARGE", 5)]
    assert not size.is_error
    assert field(schema, "Order.Line", "inner").message is line
    assert field(schema, "Order.Line", "size").enum is size


def test_maps(schema: Schema) -> None:
    by_name, sizes = field(schema, "Order", "by_name"), field(schema, "Order", "sizes")
    assert by_name.cardinality == sizes.cardinality == "map"
    assert by_name.key is not None
    assert by_name.value is not None
    assert (by_name.key.kind, by_name.value.kind) == (Kind.STRING, Kind.MESSAGE)
    assert by_name.value.message is message(schema, "Order.Line")
    assert sizes.key is not None
    assert sizes.value is not None
    assert (sizes.key.kind, sizes.value.kind) == (Kind.INT32, Kind.ENUM)
    assert sizes.value.enum is message(schema, "Order.Line").enums[0]


def test_presence(schema: Schema) -> None:
    explicit = {one.name for one in message(schema, "Order").fields if one.explicit}
    assert explicit == {"priority", "card", "barter"}
    assert field(schema, "Order.Line", "inner").explicit
    assert not field(schema, "Order.Line", "what").explicit
    (pay,) = message(schema, "Order").oneofs  # the one that `optional` makes is none
    assert (pay.name, [one.name for one in pay.fields]) == ("pay", ["card", "barter"])
    assert field(schema, "Order", "card").oneof == "pay"
    assert field(schema, "Order", "priority").oneof == ""


def test_repeated(schema: Schema) -> None:
    lines = field(schema, "Order", "lines")
    assert (lines.cardinality, lines.comment, lines.explicit) == ("repeated", "What is wanted.", False)
    packed = {one.name for one in message(schema, "Order").fields if one.packed}
    assert packed == {"packed"}


def test_scalars_and_names(schema: Schema) -> None:
    kinds = [one.kind for one in message(schema, "Receipt").fields]
    assert {kind.value for kind in set(Kind) - set(kinds)} == {"string", "bytes", "int32", "enum"}
    assert field(schema, "Order", "raw_bytes").json_name == "rawBytes"
    used = field(schema, "Receipt", "id").message
    assert used is not None
    assert used.file == "protosupport/v1/protosupport.proto"


def test_a_file_without_package_or_service(tmp_path: Path) -> None:
    schema = schema_of(tmp_path, lone='syntax = "proto3";\nmessage M { M m = 1; }\n')
    (file,) = schema.to_generate
    assert (file.package, file.comment, file.imports, file.services) == ("", "", (), [])
    assert file.messages[0].full_name == "M"


def test_an_error_enum_of_another_file(tmp_path: Path) -> None:
    service = 'import "shop/v1/errors.proto";\n' + "service S {\n"
    service += '  option (protosupport.v1.error_id_name) = "shop.v1.ShopErr";\n}\n'
    schema = schema_of(tmp_path, shop__v1__errors=HEAD + ERRORS, shop__v1__shop=HEAD + service)
    file = schema.files["shop/v1/shop.proto"]
    assert file.services[0].error.file == "shop/v1/errors.proto"
    assert file.imports == ("shop/v1/errors.proto",)


def test_enum_values_may_carry_the_name_of_the_enum(tmp_path: Path) -> None:
    names = [("NoError", "SHOP_ERR_NO_ERROR"), ("DispatchError", "SHOP_ERR_DISPATCH_ERROR")]
    names += [("UnmarshalFailed", "ShopErrUnmarshalError"), ("MarshalFailed", "marshal_failed")]
    errors = ERRORS
    for old, new in names:
        errors = re.sub(rf"\b{old}\b", new, errors)
    service = 'service S {\n  option (protosupport.v1.error_id_name) = "ShopErr";\n}\n'
    schema = schema_of(tmp_path, shop__v1__shop=HEAD + service + errors)
    assert len(schema.to_generate[0].services) == 1


SERVICE = 'service S {\n  option (protosupport.v1.error_id_name) = "ShopErr";\n'
STREAM = "rpc %s(%sM) returns (%sM);\n}\nmessage M {}\n"

BAD = [
    # (what stands behind HEAD, which has 3 lines; the place; words of the problem)
    ("service S {}\n", "4:1", 'service S names no error enum: add option .* = "SErr"; to it'),
    (SERVICE + "}\n", "4:1", "names the error enum ShopErr, but there is no such enum in package shop.v1"),
    (
        SERVICE + "}\n" + ERRORS.replace("option (protosupport.v1.parigot_error) = true;", ""),
        "7:1",
        "enum ShopErr is the error enum of service S, but is not marked: add option .*parigot_error",
    ),
    (
        SERVICE + "}\n" + ERRORS.replace("NoError", "Fine"),
        "9:3",
        "value 0 of error enum ShopErr is Fine; it has to be NoError",
    ),
    (
        SERVICE + "}\n" + ERRORS.replace("  UnmarshalFailed = 2;\n", ""),
        "7:1",
        "error enum ShopErr has no value 2: add UnmarshalFailed or UnmarshalError = 2;",
    ),
    (
        SERVICE + "}\n" + ERRORS.replace("MarshalFailed = 3", "SoldOut = 3"),
        "12:3",
        "value 3 of error enum ShopErr is SoldOut; it has to be MarshalFailed or MarshalError",
    ),
    (SERVICE + STREAM % ("Up", "stream ", "") + ERRORS, "6:1", "rpc Up streams; a call here is one request"),
    (SERVICE + STREAM % ("Down", "", "stream ") + ERRORS, "6:1", "rpc Down streams"),
]


@pytest.mark.parametrize(("text", "place", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_bad_schemas_are_refused_at_their_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(SchemaProblems, match=words) as caught:
        schema_of(tmp_path, shop__v1__shop=HEAD + text)
    assert str(caught.value).startswith(f"shop/v1/shop.proto:{place}: ")
    assert len(caught.value.problems) == 1


def test_proto2_and_its_groups(tmp_path: Path) -> None:
    text = (
        'syntax = "proto2";\npackage old;\nmessage M {\n  optional group G = 1 { required int32 x = 1; }\n}\n'
    )
    with pytest.raises(SchemaProblems) as caught:
        schema_of(tmp_path, old=text)
    what = 'is written in proto2; services here are described in proto3: start it with syntax = "proto3";'
    assert str(caught.value).split("\n") == [
        f"old.proto:1:1: {what}",
        "old.proto:4:3: field g is a group; make it a message",
    ]


def test_an_edition(tmp_path: Path) -> None:
    with pytest.raises(SchemaProblems, match=r"new\.proto:1:1: is written in editions"):
        schema_of(tmp_path, new='edition = "2023";\npackage new;\nmessage M {}\n')


def test_all_problems_are_told_in_order(tmp_path: Path) -> None:
    with pytest.raises(SchemaProblems) as caught:
        schema_of(
            tmp_path, b=HEAD + "service B {}\nservice C {}\n", a=HEAD.replace("shop", "a") + "service A {}\n"
        )
    places = [str(where) for where, _ in caught.value.problems]
    assert places == ["a.proto:4:1", "b.proto:4:1", "b.proto:5:1"]
