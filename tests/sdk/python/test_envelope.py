"""Messages joined by hand against the protobuf library, call ids against the kernel, and log lines."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from google.protobuf.any_pb2 import Any
from hypothesis import given
from hypothesis import strategies as st
from parigot.ids import EXIT_METHOD, LAUNCH_METHOD, Id
from parigot.kernel.wire import is_plain_call_id
from parigot.pb.syscall.v1 import syscall_pb2 as messages
from parigot.sdk import envelope
from parigot.sdk.callids import CallIds
from parigot.sdk.log import quoted, report, shown
from parigot.session.logtext import understand

ids = st.builds(Id, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
names = st.text(st.characters(codec="utf-8"), max_size=20)
codes = st.integers(0, 192)


def same(raw, known: Id) -> bool:
    return (raw.high, raw.low) == (known.high, known.low)


@given(ids, ids, ids, names, names, codes)
def test_requests_are_what_protobuf_reads(host, service, call, package, name, code):
    read = messages.RegisterRequest.FromString(envelope.register(host.wire, name))
    assert same(read.host_id, host)
    assert read.debug_name == name

    read = messages.RequireRequest.FromString(envelope.require(service.wire, [(package, name), ("b", "c")]))
    assert [(one.package_path, one.service) for one in read.dest] == [(package, name), ("b", "c")]
    assert same(read.source, service)

    read = messages.ExportRequest.FromString(envelope.export(host.wire, service.wire, package, name))
    assert [(one.package_path, one.service) for one in read.service] == [(package, name)]
    assert same(read.host_id, host)
    assert same(read.service_id, service)

    read = messages.BindMethodRequest.FromString(envelope.bind_method(host.wire, service.wire, name))
    assert (read.method_name, read.direction) == (name, messages.METHOD_DIRECTION_BOTH)
    assert same(read.service_id, service)

    read = messages.LaunchRequest.FromString(envelope.launch(host.wire, service.wire, call.wire))
    assert same(read.service_id, service)
    assert same(read.call_id, call)
    assert same(read.host_id, host)
    assert same(read.method_id, LAUNCH_METHOD)

    read = messages.LocateRequest.FromString(envelope.locate(service.wire, package, name))
    assert (read.package_name, read.service_name) == (package, name)
    assert same(read.called_by, service)

    read = messages.ExitRequest.FromString(envelope.exit_request(host.wire, service.wire, call.wire, code))
    assert read.pair.code == code
    assert same(read.pair.service_id, service)
    assert same(read.method_id, EXIT_METHOD)
    assert not read.shutdown_all

    read = messages.ReturnValueRequest.FromString(
        envelope.exit_value(host.wire, service.wire, call.wire, code)
    )
    value = messages.ExitResponse()
    assert read.result.Unpack(value)
    assert value.pair.code == code
    assert same(read.bundle.call_id, call)


@given(st.integers(-1, 2**31 - 1), ids)
def test_read_one(timeout, host):
    read = messages.ReadOneRequest.FromString(envelope.read_one(host.wire, timeout))
    assert read.timeout_in_millis == timeout
    assert same(read.host_id, host)


@given(ids, ids, ids, ids, st.integers(-(2**31), 2**31 - 1))
def test_errors(host, service, method, call, code):
    bundle = envelope.bundle_head(host.wire, service.wire, method.wire) + envelope.field(b"\x22", call.wire)
    read = messages.ReturnValueRequest.FromString(envelope.failed(bundle, code))
    assert read.result_error == code
    assert same(read.bundle.host_id, host)
    assert same(read.bundle.service_id, service)
    assert same(read.bundle.method_id, method)
    assert same(read.bundle.call_id, call)


@given(st.binary(max_size=300), st.binary(max_size=5))
def test_any_values_as_protobuf_writes_them(value, before):
    any_ = Any(type_url="type.googleapis.com/a.B", value=value)
    head = envelope.any_head("a.B")
    assert envelope.any_of(head, value) == any_.SerializeToString()
    whole = before + envelope.field(b"\x1a", any_.SerializeToString())
    assert envelope.any_value(whole, len(before), head) == value


def test_any_values_in_other_spellings():
    head = envelope.any_head("a.B")
    turned = b"\x12\x01x" + envelope.field(b"\x0a", b"elsewhere.org/a.B")
    assert envelope.any_value(envelope.field(b"\x1a", turned), 0, head) == b"x"
    assert envelope.any_value(b"\x1a\x00", 0, head) == b""
    assert envelope.any_value(b"", 0, head) == b""
    with pytest.raises(envelope.Malformed, match="a\\.C"):
        envelope.any_value(envelope.field(b"\x1a", envelope.any_head("a.C")), 0, head)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_no_bytes_do_harm(data, at):
    head = envelope.any_head("a.B")
    for read in (
        lambda: envelope.fields(data),
        lambda: envelope.last_bytes(data, 1),
        lambda: envelope.last_number(data, 2),
        lambda: envelope.any_value(data, min(at, len(data)), head),
    ):
        with suppress(envelope.Malformed, IndexError):  # the driver takes both for a malformed event
            read()


@given(st.integers(0, 2**32))
def test_call_ids_are_plain_and_differ(seed):
    made = CallIds(random.Random(seed).randbytes)
    found = [made.new() for _ in range(300)]
    assert len(set(found)) == 300
    for one in found:
        assert is_plain_call_id(bytes((len(one),)) + one)


def test_call_ids_go_on_beyond_a_block():
    made = CallIds(random.Random(1).randbytes)
    assert len({made.new() for _ in range(40_000)}) == 40_000


@given(st.text(max_size=60), st.text(max_size=60))
def test_log_lines_are_understood(message, value):
    line = f"level=WARN msg={quoted(message)} key={shown(value)}"
    assert "\n" not in line
    parsed = understand(line)
    assert parsed.level == "warn"
    if message.isprintable() and value.isprintable():
        assert parsed.message == message
        assert parsed.fields == (("key", value),)


def test_reports_leave_out_the_runtimes_own_frames():
    def broken():
        raise ValueError("why")

    try:
        try:
            broken()
        except ValueError as error:
            raise LookupError("because") from error
    except LookupError as error:
        lines = report(error)
    whole = "\n".join(lines)
    assert "ValueError: why" in whole
    assert lines[-1] == "LookupError: because"
    assert "in broken" in whole
