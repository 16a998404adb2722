"""What generated Python writes the official library reads, the other way round, and both refuse the same."""

from __future__ import annotations

import functools
from types import ModuleType

import pytest
from gen import schemas
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError as OfficialError
from google.protobuf.message import Message as Official
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot import sdk
from parigot.gen import python
from parigot.gen.read import read


def module_of(file: FileDescriptorProto) -> ModuleType:
    """The generated module, as if it had been imported."""
    (made,) = python.generate(read(schemas.request_for(file)), {})
    module = ModuleType("generated")
    exec(compile(made.text, made.path, "exec"), module.__dict__)
    return module


@functools.cache
def rich() -> tuple[ModuleType, type[Official]]:
    file = schemas.rich()
    return module_of(file), schemas.official(file)["Rich"]


def both_ways(ours: type[sdk.Message], theirs: Official) -> None:
    """Neither loses anything of what the other writes."""
    came = ours.decode(theirs.SerializeToString())
    back = type(theirs).FromString(came.encode())
    # Their own bytes are compared: in them a NaN equals itself.
    assert back.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)
    again = ours.decode(came.encode())
    assert again.encode() == came.encode()
    assert repr(again) == repr(came)


def same_verdict(ours: type[sdk.Message], theirs: type[Official], data: bytes) -> None:
    """Both read it, and the same in it, or neither does."""
    try:
        expected = theirs.FromString(data)
    except OfficialError:
        with pytest.raises(sdk.DecodeError):
            ours.decode(data)
        return
    size = expected.ByteSize()
    expected.DiscardUnknownFields()
    try:
        message = ours.decode(data)
    except sdk.DecodeError as error:
        # The official library lets field number 0 pass in messages that have no fields, and only there.
        assert "field number 0" in str(error)  # noqa: PT017
        assert not ours.FIELDS
        return
    came = theirs.FromString(message.encode())
    if expected.ByteSize() < size and came != expected:
        # It keeps an entry of a map that has an unknown field as something unknown; others drop the field.
        schemas.without_maps(expected)
        schemas.without_maps(came)
    # As text, where all NaN are alike: Python has no float of 32 bits, and a signalling one does not survive.
    assert text_format.MessageToString(came) == text_format.MessageToString(expected)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_kind_of_field_goes_both_ways(data: st.DataObject) -> None:
    module, official = rich()
    both_ways(module.Rich, data.draw(schemas.filled(official)))


@given(st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_spoiled_bytes_are_read_as_the_official_library_reads_them(data: st.DataObject) -> None:
    module, official = rich()
    whole = data.draw(schemas.filled(official)).SerializeToString()
    same_verdict(module.Rich, official, data.draw(schemas.spoiled(whole)))


@given(st.binary(max_size=40))
@settings(max_examples=300)
def test_any_bytes_are_read_as_the_official_library_reads_them(data: bytes) -> None:
    module, official = rich()
    same_verdict(module.Rich, official, data)


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_schemas_go_both_ways(data: st.DataObject) -> None:
    file = data.draw(schemas.random_files())
    module = module_of(file)
    for name, official in schemas.official(file).items():
        for _ in range(3):
            message = data.draw(schemas.filled(official))
            both_ways(getattr(module, name), message)
            spoiled = data.draw(schemas.spoiled(message.SerializeToString()))
            same_verdict(getattr(module, name), official, spoiled)


@pytest.mark.parametrize("depth", [99, 100, 101])
def test_messages_are_nested_as_deep_as_the_official_library_lets_them(depth: int) -> None:
    module, official = rich()
    tag = official.DESCRIPTOR.fields_by_name["itself"].number << 3 | 2
    data = b""
    for _ in range(depth):
        inside = sdk_field(tag, data)
        data = inside
    same_verdict(module.Rich, official, data)
    for kind in (b"\xfb\x7d", b"\x83\x7d"):  # groups in groups, field 2015 and the like
        same_verdict(module.Rich, official, kind * depth)


def sdk_field(tag: int, data: bytes) -> bytes:
    from parigot.sdk import wire

    return wire.varint(tag) + wire.varint(len(data)) + data


def test_a_oneof_holds_one_of_its_fields() -> None:
    module, _ = rich()
    message = module.Rich(choice_int32=3, choice_string="later wins")
    assert (message.which_choice, message.choice_int32, message.choice_string) == (
        "choice_string",
        None,
        "later wins",
    )
    message.choice_int32 = None  # is not the one that is set
    assert message.which_choice == "choice_string"
    message.choice_string = None
    assert message.which_choice == ""
    message.choice_bool = False
    assert module.Rich.decode(message.encode()).choice_bool is False


def test_a_value_that_does_not_fit_is_named() -> None:
    module, _ = rich()
    for wrong in (
        {"one_int32": 1 << 31},
        {"one_uint64": -1},
        {"one_fixed32": 1 << 32},
        {"one_string": "\ud800"},
    ):
        with pytest.raises(sdk.EncodeError):
            module.Rich(**wrong).encode()
    with pytest.raises(sdk.EncodeError):
        module.Rich(one_string=7).encode()


def test_enums_are_open() -> None:
    module, _ = rich()
    assert module.Rich.decode(module.Rich(color=12345).encode()).color == 12345
    blue = module.Rich.decode(module.Rich(color=7).encode()).color
    assert blue is module.Color.BLUE
