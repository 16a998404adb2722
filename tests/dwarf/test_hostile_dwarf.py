"""Debug information that is damaged or means harm: names remain, a note says why, and it ends soon."""

from __future__ import annotations

import time

import pytest
from dwarf_programs import CODE_START, Compile, abbrev, module, u32, uleb, unit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.dwarf import Frame, Symbols
from parigot.dwarf.sections import read_sections

# Tags, attributes, forms (DWARF 5, chapter 7).
COMPILE_UNIT, SUBPROGRAM, INLINED, NAMESPACE, BLOCK = 0x11, 0x2E, 0x1D, 0x39, 0x0B
NAME, LOW_PC, HIGH_PC, RANGES, ORIGIN, LINKAGE_NAME = 0x03, 0x11, 0x12, 0x55, 0x31, 0x6E
ADDR, DATA4, STRING, UDATA, REF4, SEC_OFFSET, FLAG_PRESENT = 0x01, 0x06, 0x08, 0x0F, 0x13, 0x17, 0x19

PLACES = [(0xB0, 1), (0x55, 1), (0x10A, 2), (0x7C, 2), (0x152, 3), (0x88, 3), (-5, 2), (1 << 63, 3)]


def ask_all(code: bytes) -> str:
    """Asks for every place as a trap report would; returns the note."""
    symbols = Symbols.from_module(code)
    for offset, index in PLACES:
        for frame in symbols.frames(offset, index):
            assert frame.function
            assert frame.function.isprintable()
            assert frame.line is None or frame.line > 0
            assert (frame.path is None) == (frame.line is None)
    return symbols.note


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_never_cost_more_than_the_lines(compile_program: Compile, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from(["-O0", "-O2"]))
    version = data.draw(st.sampled_from(["-gdwarf-4", "-gdwarf-5"]))
    code = bytearray(compile_program("main.c", level, version).code)
    # Where it hurts: the debug sections, and sometimes anywhere.
    places = [(s.start, s.end) for s in read_sections(bytes(code)) if s.name.startswith(".debug_")]
    if data.draw(st.integers(0, 3)) == 0:
        places = [(0, len(code))]
    for _ in range(data.draw(st.integers(1, 6))):
        start, end = data.draw(st.sampled_from(places))
        at = data.draw(st.integers(start, end - 1))
        code[at] = data.draw(st.sampled_from([0, 0xFF, 0x7F, 0x80]) | st.integers(0, 255))
    ask_all(bytes(code))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_and_shuffled_sections(compile_program: Compile, data: st.DataObject) -> None:
    code = compile_program("main.c", "-O2", "-gdwarf-5").code
    first = next(s.start for s in read_sections(code) if s.name.startswith(".debug_"))
    contents = {s.name: code[s.payload_start : s.end] for s in read_sections(code) if s.start >= first}
    names = data.draw(st.permutations(sorted(contents)))
    built = code[:first]
    for name, source in zip(contents, names, strict=True):
        content = contents[data.draw(st.sampled_from([name, source]))]
        content = content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
        body = uleb(len(name)) + name.encode() + content
        built += b"\0" + uleb(len(body)) + body
    ask_all(built)


@settings(max_examples=200, deadline=None)
@given(info=st.binary(max_size=80), abbrevs=st.binary(max_size=40), line=st.binary(max_size=80))
def test_invented_sections(info: bytes, abbrevs: bytes, line: bytes) -> None:
    sections = {".debug_info": unit(info, 5), ".debug_abbrev": abbrevs, ".debug_line": line}
    ask_all(module(sections))
    ask_all(module({**sections, ".debug_info": info}))


ABBREVS = (
    abbrev(1, COMPILE_UNIT, True, (NAME, STRING))
    + abbrev(2, SUBPROGRAM, True, (NAME, STRING), (LOW_PC, ADDR), (HIGH_PC, DATA4))
    + abbrev(3, SUBPROGRAM, False, (ORIGIN, REF4), (LOW_PC, ADDR), (HIGH_PC, DATA4))
    + abbrev(4, INLINED, True, (ORIGIN, REF4), (LOW_PC, ADDR), (HIGH_PC, DATA4))
    + abbrev(5, NAMESPACE, True, (NAME, STRING))
    + abbrev(6, SUBPROGRAM, False, (NAME, STRING), (LINKAGE_NAME, STRING), (LOW_PC, ADDR), (HIGH_PC, DATA4))
    + abbrev(7, BLOCK, True, (0x7777, FLAG_PRESENT))
    + abbrev(8, SUBPROGRAM, False, (NAME, STRING), (RANGES, SEC_OFFSET))
    + b"\0"
)
TOP = b"\x01a.c\0"
FIRST = 11 + len(TOP)  # where the first entry below TOP starts in a unit of version 4


def at_code(offset: int) -> int:
    return CODE_START + offset


def frames(entries: bytes, offset: int = 20, **sections: bytes) -> list[Frame]:
    debug = {".debug_info": unit(TOP + entries), ".debug_abbrev": ABBREVS}
    code = module({**debug, **{f".debug_{name}": content for name, content in sections.items()}})
    return Symbols.from_module(code).frames(at_code(offset), 0)


def names(entries: bytes, offset: int = 20, **sections: bytes) -> list[str]:
    return [frame.function for frame in frames(entries, offset, **sections)]


def test_the_hand_built_module_works_when_it_is_honest() -> None:
    assert names(b"\x02main\0" + u32(3, 100) + b"\0") == ["main"]
    assert names(b"\x02main\0" + u32(3, 100) + b"\0", 103) == ["main"]  # by the function's own start
    assert names(b"\x02main\0" + u32(500, 100) + b"\0", 499) == ["func 0"]


def test_an_entry_that_is_its_own_origin() -> None:
    assert names(b"\x03" + u32(FIRST, 3, 100)) == ["func 0"]


def test_two_entries_that_are_each_other_s_origin() -> None:
    assert names(b"\x03" + u32(FIRST + 13, 3, 100) + b"\x03" + u32(FIRST, 300, 100)) == ["func 0"]


@pytest.mark.parametrize("target", [0, 3, 0xFFFFFFFF, 10_000])
def test_references_to_nowhere(target: int) -> None:
    assert names(b"\x03" + u32(target, 3, 100)) == ["func 0"]


def test_endless_inlining_is_cut() -> None:
    depth = 5000
    entries = b"\x02main\0" + u32(3, 100) + (b"\x04" + u32(FIRST, 3, 100)) * depth + bytes(depth + 1)
    found = names(entries)
    assert found[-1] == "main"
    assert 2 <= len(found) <= 100


def test_blocks_between_inlined_calls_change_nothing() -> None:
    call = b"\x04" + u32(FIRST, 3, 100)
    assert names(b"\x02main\0" + u32(3, 100) + b"\x07" + call + b"\0\0\0") == ["main", "main"]


def test_endless_namespaces_are_cut() -> None:
    found = names(b"\x05n\0" * 20_000 + b"\x02main\0" + u32(3, 100))
    assert found[0].endswith("n::main")
    assert len(found[0]) < 100


@pytest.mark.parametrize(
    ("name", "linkage_name", "shown"),
    [
        (b"append", b"array_list.append", "array_list.append"),
        (b"total", b"_ZN4shop4Cart5totalEi", "total"),
        (b"", b"_ZN4shop4Cart5totalEi", "_ZN4shop4Cart5totalEi"),
        (b"", b"", "func 0"),
    ],
)
def test_whole_names_of_the_linker_win_over_short_ones(name: bytes, linkage_name: bytes, shown: str) -> None:
    assert names(b"\x06" + name + b"\0" + linkage_name + b"\0" + u32(3, 100)) == [shown]


def test_a_function_behind_a_damaged_entry_is_lost_and_one_before_it_is_not() -> None:
    good, bad = b"\x02main\0" + u32(3, 100) + b"\0", b"\x63"
    code = module({".debug_info": unit(TOP + good + bad), ".debug_abbrev": ABBREVS})
    symbols = Symbols.from_module(code)
    assert symbols.frames(at_code(20), 0)[0].function == "main"
    assert "unknown abbreviation 99" in symbols.note


def test_a_damaged_unit_leaves_the_next_one_alone() -> None:
    good = unit(TOP + b"\x02main\0" + u32(3, 100) + b"\0")
    code = module({".debug_info": unit(b"\x63", version=9) + good, ".debug_abbrev": ABBREVS})
    symbols = Symbols.from_module(code)
    assert symbols.frames(at_code(20), 0)[0].function == "main"
    assert "DWARF version 9" in symbols.note


# --- range lists


@pytest.mark.parametrize(
    ("entries", "live"),
    [
        (u32(10, 12, 30, 31, 0, 0), {10, 11, 30}),
        (u32(0xFFFFFFFF, 100, 1, 3, 0, 0), {101, 102}),
        (u32(0xFFFFFFFF, 0xFFFFFFFE, 1, 3, 0xFFFFFFFF, 0, 7, 8, 0, 0), {7}),
        (u32(0xFFFFFFFE, 0xFFFFFFFE, 7, 8, 0, 0), {7}),
        (u32(8, 8, 9, 7, 7, 8, 0, 0), {7}),
    ],
)
def test_range_lists_of_version_4(entries: bytes, live: set[int]) -> None:
    entry = b"\x08main\0" + u32(0)
    found = {at for at in range(1, 150) if names(entry, at, ranges=entries) == ["main"]}
    assert found == live


@pytest.mark.parametrize(
    ("entries", "live"),
    [
        (b"\x07" + u32(10) + b"\x02" + b"\x06" + u32(30, 31), {10, 11, 30}),
        (b"\x05" + u32(100) + b"\x04\x01\x03", {101, 102}),
        (b"\x01\x00" + b"\x04\x01\x03", {51, 52}),
        (b"\x02\x00\x01", set(range(50, 60))),
        (b"\x03\x01\x02", {60, 61}),
        (b"\x05" + u32(0xFFFFFFFF) + b"\x04\x01\x03" + b"\x07" + u32(7) + b"\x01", {7}),
        (b"\x07" + u32(0xFFFFFFFF) + b"\x05" + b"\x07" + u32(7) + b"\x01", {7}),
    ],
)
def test_range_lists_of_version_5(entries: bytes, live: set[int]) -> None:
    lists = u32(0) + b"\x05\0\x04\0" + u32(1) + u32(4) + entries + b"\0"
    addresses = u32(0) + b"\x05\0\x04\0" + u32(50, 60)
    abbrevs = (
        abbrev(1, COMPILE_UNIT, True, (0x73, SEC_OFFSET), (0x74, SEC_OFFSET))
        + abbrev(2, SUBPROGRAM, False, (NAME, STRING), (RANGES, 0x23))
        + b"\0"
    )
    code = module(
        {
            ".debug_info": unit(b"\x01" + u32(8, 12) + b"\x02main\0\0", 5),
            ".debug_abbrev": abbrevs,
            ".debug_rnglists": lists,
            ".debug_addr": addresses,
        }
    )
    symbols = Symbols.from_module(code)
    found = {at for at in range(1, 150) if symbols.frames(at_code(at), 0)[0].function == "main"}
    assert symbols.note == ""
    assert found == live


# --- harm by size: each of these took minutes or gigabytes with a reader that trusts


def seconds(code: bytes) -> float:
    began = time.process_time()
    ask_all(code)
    return time.process_time() - began


def test_a_number_of_a_megabyte() -> None:
    content = TOP + b"\x02main\0" + u32(3, 100) + b"\xff" * 1_000_000
    assert seconds(module({".debug_info": unit(content), ".debug_abbrev": ABBREVS})) < 5
    assert (
        seconds(module({".debug_info": unit(b"\xff" * 1_000_000), ".debug_abbrev": b"\xff" * 1_000_000})) < 5
    )


def test_many_units_that_share_a_large_table_of_abbreviations() -> None:
    table = b"".join(abbrev(code, SUBPROGRAM, False, (NAME, STRING)) for code in range(1, 20_000)) + b"\0"
    units = b"".join(unit(b"\x01x\0", abbrevs_at=7 * at) for at in range(120))
    assert seconds(module({".debug_info": units, ".debug_abbrev": table})) < 20


def test_many_entries_that_share_a_large_range_list() -> None:
    lists = b"".join(u32(10 + 2 * at, 11 + 2 * at) for at in range(10_000)) + u32(0, 0)
    entries = b"".join(b"\x08f\0" + u32(0) for _ in range(10_000))
    code = module({".debug_info": unit(TOP + entries), ".debug_abbrev": ABBREVS, ".debug_ranges": lists})
    assert seconds(code) < 20


def test_a_name_of_a_megabyte_is_cut() -> None:
    (name,) = names(b"\x02" + b"n" * 1_000_000 + b"\0" + u32(3, 100) + b"\0")
    assert len(name) < 3000
