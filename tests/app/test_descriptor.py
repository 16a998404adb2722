"""parigot.toml: what it says, and an error with the right line for everything it should not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.app import App, BuildSpec, Limits, PythonSpec, load
from parigot.errors import DescriptorError

FULL = """\
[app]
name = "shop"
protos = ["proto"]
timezone = "Europe/Paris"
default = ["buy", "sell"]

[limits]
method_warn_ms = 20
memory_mb = 64

[service.store]
wasm = "store.wasm"
args = ["--verbose", "x"]
env = { LEVEL = "debug", HOME = "/" }
replicas = 3
limits = { method_kill_ms = 0 }
build = { language = "c", sources = ["store.c", "../lib/list.c"], flags = ["-O2"] }

[program.sell]
wasm = "../bin/sell.wasm"
build = "make sell"

[program.buy]
wasm = "buy.wasm"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "proto").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in ("store.wasm", "buy.wasm", "../bin/sell.wasm"):
        (root / name).write_bytes(b"\0asm")
    return root


def loaded(folder: Path, text: str) -> App:
    (folder / "parigot.toml").write_text(text, encoding="utf-8")
    return load(folder)


def test_everything_a_descriptor_can_say(folder: Path) -> None:
    app = loaded(folder, FULL)
    assert (app.name, app.root, app.timezone) == ("shop", folder, "Europe/Paris")
    assert app.path == folder / "parigot.toml"
    assert app.protos == (folder / "proto",)
    assert app.default_programs == ("buy", "sell")
    assert app.limits == Limits(method_warn_ms=20, memory_mb=64)
    assert app.warnings == ()
    (store,) = app.services
    assert store.kind == "service"
    assert store.wasm == folder / "store.wasm"
    assert store.args == ("--verbose", "x")
    assert store.env == (("LEVEL", "debug"), ("HOME", "/"))
    assert store.replicas == 3
    assert store.limits == Limits(method_warn_ms=20, memory_mb=64, method_kill_ms=0)
    assert store.build == BuildSpec(
        language="c", sources=(folder / "store.c", folder.parent / "lib" / "list.c"), flags=("-O2",)
    )
    assert (store.path, store.line) == (folder / "parigot.toml", 11)
    sell, buy = app.programs
    assert (sell.name, sell.wasm) == ("sell", folder.parent / "bin" / "sell.wasm")
    assert sell.build == BuildSpec(command="make sell")
    assert (buy.kind, buy.line, buy.limits) == ("program", 23, app.limits)
    assert app.guest("sell") is sell
    assert app.guest("nobody") is None


def test_what_it_leaves_out(folder: Path) -> None:
    app = loaded(folder, '[program.sell]\nwasm = "buy.wasm"\n[program.buy]\nwasm = "buy.wasm"\n')
    assert (app.name, app.timezone, app.protos) == ("shop", "UTC", ())
    assert app.default_programs == ("sell",)
    assert app.limits == Limits()
    assert loaded(folder, '[service.s]\nwasm = "buy.wasm"\n').default_programs == ()
    assert loaded(folder, FULL.replace('["buy", "sell"]', '"buy"')).default_programs == ("buy",)


def test_guests_in_other_languages_and_what_is_generated(folder: Path) -> None:
    text = """\
[app]
generate = ["go", "c", "go"]
[program.buy]
wasm = "buy.wasm"
build = { language = "go", sources = ["buy"] }
[program.sell]
wasm = "store.wasm"
build = { language = "python", sources = ["sell/sell.py:Sell"] }
"""
    app = loaded(folder, text)
    assert app.generate == ("go", "c")
    buy, sell = app.programs
    assert buy.build == BuildSpec(language="go", sources=(folder / "buy",))
    assert sell.build == BuildSpec(language="python", sources=(folder / "sell" / "sell.py:Sell",))
    assert loaded(folder, FULL).generate is None


def test_guests_in_python_that_run_in_process(folder: Path) -> None:
    (folder / "cart.py").touch()
    text = """\
[service.cart]
python = "cart.py:Cart"
replicas = 2
args = ["a"]
[program.order]
python = "../shop/cart.py:Order"
"""
    cart, order = loaded(folder, text).guests
    assert cart.python == PythonSpec(folder / "cart.py", "Cart")
    assert (cart.wasm, cart.build, cart.replicas, cart.args) == (folder / "cart.py", None, 2, ("a",))
    assert order.python == PythonSpec(folder / "cart.py", "Order")
    assert loaded(folder, FULL).guests[0].python is None


def test_an_unknown_time_zone_is_only_warned_of(folder: Path) -> None:
    app = loaded(folder, FULL.replace("Europe/Paris", "Mars/Olympus"))
    assert app.timezone == "Mars/Olympus"
    assert app.warnings == (f"{folder}/parigot.toml:4: the time zone Mars/Olympus is not known here",)


GOOD = '[program.p]\nwasm = "buy.wasm"\n'

ERRORS = [
    # (what the descriptor says, line of the error, words of the error)
    ("", 1, "describes no services and no programs | Add a \\[program.NAME\\]"),
    ("[app]\nname = 'x'\n", 1, "describes no services"),
    (GOOD + "[servise.a]\n", 3, "unknown key servise | Did you mean service"),
    (GOOD + "[app]\n\nnames = 'x'\n", 5, "unknown key app.names | Did you mean name"),
    (GOOD + "[app]\nqqq = 'x'\n", 4, "unknown key app.qqq | Known here: name, protos, timezone, default"),
    (GOOD + "arg = []\n", 3, "unknown key program.p.arg | Did you mean args"),
    (GOOD + "WASM = 'x'\n", 3, "unknown key program.p.WASM | Did you mean wasm"),
    (GOOD + "replicas = 2\n", 3, "program.p.replicas: only services have replicas"),
    (GOOD + "args = 'x'\n", 3, "program.p.args must be a list of strings, not a string"),
    (GOOD + "args = [\n'a',\n7]\n", 5, "program.p.args\\[1\\] must be a string, not a whole number \\(7\\)"),
    (GOOD + "args = ['a\\u0000b', \"a\\u0000b\"]\n", 3, "program.p.args\\[1\\] holds a NUL character"),
    (GOOD + "env = ['A=b']\n", 3, "program.p.env must be a table, not a list"),
    (GOOD + "env = { A = 1 }\n", 3, "program.p.env.A must be a string, not a whole number"),
    (
        GOOD + "[program.p.env]\nX = ''\n'A=B' = ''\n",
        5,
        "'A=B' cannot be the name of an env",
    ),
    (GOOD + "env = { HOSTID_LOW = '1' }\n", 3, "HOSTID_LOW is set by the runtime"),
    (GOOD + "limits = { memory = 1 }\n", 3, "unknown key program.p.limits.memory | Did you mean memory_mb"),
    (GOOD + "[limits]\nmemory_mb = 0\n", 4, "limits.memory_mb must be from 1 to 4,096, not 0"),
    (GOOD + "[limits]\nmessage_kb = -1\n", 4, "limits.message_kb must be from 1 to"),
    (GOOD + "[limits]\ngrace_ms = 1.5\n", 4, "a whole number, not a number with a fraction \\(1.5\\)"),
    (GOOD + "[limits]\ngrace_ms = true\n", 4, "a whole number, not true or false \\(true\\)"),
    (GOOD + "[limits]\ngrace_ms = 1979-05-27\n", 4, "a whole number, not a date or time"),
    (GOOD + "[service.s]\nwasm = 'buy.wasm'\nreplicas = 0\n", 5, "replicas must be from 1 to 1,000, not 0"),
    (GOOD + "[program.q]\n", 3, 'program q names no wasm file | Add wasm = "q.wasm"'),
    (GOOD + "[program.q]\nwasm = ''\n", 4, "program q names no wasm file"),
    (GOOD + "[program.q]\nargs = []\nwasm = 3\n", 5, "program.q.wasm must be a string"),
    (
        GOOD + "[program.q]\nwasm = 'gone.wasm'\n",
        4,
        "no wasm file gone.wasm | at .*/shop/gone.wasm",
    ),
    (
        GOOD + "[program.q]\nwasm = 'x.wasm'\nbuild = 'make'\n",
        4,
        "no wasm file x.wasm | build .*/shop$",
    ),
    (GOOD + "[program.q]\nwasm = 'proto'\n", 4, "proto is a folder, not a wasm file"),
    (GOOD + "[program]\nq = 3\n", 4, "program.q must be a table, not a whole number"),
    ("program = 3\n", 1, "program must be a table, not a whole number"),
    ("[program]\nq = 3\n", 2, "program.q must be a table, not a whole number"),
    (GOOD + "[service.p]\nwasm = 'buy.wasm'\n", 3, "the name p is already used in line 1"),
    (
        GOOD + "[program.P]\nwasm = 'buy.wasm'\n",
        3,
        "the name p is already used in line 1 | upper and lower",
    ),
    (GOOD + "[program.'a b']\nwasm = 'buy.wasm'\n", 3, "'a b' is not a name for a service | letters, digits"),
    (GOOD + "[program.'a#2']\nwasm = 'buy.wasm'\n", 3, "'a#2' is not a name"),
    (GOOD + "[program.Parigot]\nwasm = 'buy.wasm'\n", 3, "the name Parigot is taken"),
    (GOOD + "[app]\ndefault = 'pp'\n", 4, "there is no program 'pp' to run by default | Did you mean p"),
    (GOOD + "[app]\ndefault = [\n'p',\n'q']\n", 6, "there is no program 'q'"),
    (GOOD + "[app]\ndefault = 1\n", 4, "app.default must be a list of strings, not a whole number"),
    (
        GOOD + "[app]\nprotos = ['proto', 'prot']\n",
        4,
        "there is no file or folder prot | at .*/prot",
    ),
    (GOOD + "[app]\ntimezone = ''\n", 4, "app.timezone must name a time zone"),
    (GOOD + "build = ''\n", 3, "program.p.build is an empty command"),
    (GOOD + "build = 3\n", 3, 'program.p.build must be a command or a table | language = "c"'),
    (GOOD + "build = { sources = ['a.c'] }\n", 3, "program.p.build names no language"),
    (GOOD + "build = { language = 'C', sources = ['a'] }\n", 3, "unknown language 'C' | Did you mean c"),
    (GOOD + "[program.p.build]\nlanguage = 'c'\n", 3, "program.p.build names no sources"),
    (
        GOOD + "[program.p.build]\nlanguage = 'go'\n",
        3,
        'program.p.build names no sources | Add sources = \\["FOLDER"\\].',
    ),
    (
        GOOD + "build = { language = 'go', sources = ['a', 'b'] }\n",
        3,
        "a guest in go has one source",
    ),
    (
        GOOD + "build = { language = 'python', sources = ['a.py'] }\n",
        3,
        "'a.py' does not name a class in a Python file | FILE.py:CLASS",
    ),
    (
        GOOD + "[app]\ngenerate = ['c', 'ruby']\n",
        4,
        "no generator for the language 'ruby' | Known here: c, go, python",
    ),
    (GOOD + "[app]\ngenerate = 'c'\n", 4, "app.generate must be a list of strings, not a string"),
    (
        GOOD + "[program.p.build]\nlanguage = 'c'\nflag = []\n",
        5,
        "program.p.build.flag | Did you mean flags",
    ),
    (GOOD + "x = \n", 3, "is not TOML: Invalid value"),
    (
        GOOD + "[program.q]\npython = 'q.py:Q'\nwasm = 'buy.wasm'\n",
        5,
        "program.q has both `python` and `wasm` | in process",
    ),
    (GOOD + "[program.q]\npython = 'q.py:Q'\nbuild = 'make'\n", 5, "both `python` and `build`"),
    (GOOD + "[program.q]\npython = 'q.py'\n", 4, "'q.py' does not name a class | \"q.py:CLASS\""),
    (GOOD + "[program.q]\npython = 'q.py:1'\n", 4, "'q.py:1' does not name a class"),
    (GOOD + "[program.q]\npython = 'q.py:Q'\n", 4, "there is no Python file q.py | at .*/shop/q.py"),
    (GOOD + "[program.q]\npython = 7\n", 4, "program.q.python must be a string"),
    (GOOD + "x = 1\nx = 2\n", 4, "is not TOML: Cannot overwrite a value"),
    (GOOD + "\n\nx = [1,\n\n", 5, "is not TOML: .* at the end of the file"),
    (GOOD + 'x = "\\q"\n', 3, "is not TOML"),
    ("x = " + "[" * 5000, None, "too large or too deep"),
    ("x = " + "9" * 5000, None, "too large or too deep"),
]


@pytest.mark.parametrize(("text", "line", "words"), ERRORS, ids=[words[:50] for _, _, words in ERRORS])
def test_errors_name_the_line_and_what_was_meant(
    folder: Path, text: str, line: int | None, words: str
) -> None:
    with pytest.raises(DescriptorError) as caught:
        loaded(folder, text)
    error = caught.value
    what, _, hint = words.partition(" | ")
    assert re.search(what, error.what)
    assert re.search(hint, error.hint)
    assert error.path == folder / "parigot.toml"
    assert error.line == line
    assert error.exit_code == 196
    if line is not None:
        assert str(error).startswith(f"{folder}/parigot.toml:{line}: ")


def test_text_that_is_not_utf8(folder: Path) -> None:
    (folder / "parigot.toml").write_bytes(b"[app]\nname = '\xff'\n")
    with pytest.raises(DescriptorError, match=r":2: is not UTF-8 text \(byte 0xff\)"):
        load(folder)


def test_building_needs_no_wasm_files(folder: Path) -> None:
    (folder / "parigot.toml").write_text("[program.q]\nwasm = 'gone.wasm'\n", encoding="utf-8")
    assert load(folder, built=False).programs[0].wasm == folder / "gone.wasm"


SPLICES = '[ ] = " \' \0 \x7f é -1 1e999 {} true \\ """ wasm [config.dev.microservice.x]\n WasmPath=\'a\'\n'
PIECES = st.sampled_from([*re.split(r"(?<=[\n =\[\],.{}\"])", FULL), *SPLICES.split(" "), "\n"])


def attempt(folder: Path) -> App | DescriptorError:
    try:
        return load(folder)
    except DescriptorError as error:
        return error


def check_clear(outcome: App | DescriptorError, folder: Path, text: str) -> None:
    if isinstance(outcome, App):
        assert outcome.guests
    else:
        assert outcome.what
        assert outcome.path == folder / "parigot.toml"
        assert outcome.line is None or 1 <= outcome.line <= text.count("\n") + 1


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60)))
def test_mangled_text_gives_an_app_or_a_clear_error(folder: Path, text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    (folder / "parigot.toml").write_bytes(raw)
    check_clear(attempt(folder), folder, text)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_wrong_spot_gives_an_app_or_a_clear_error(folder: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(start, min(len(FULL), start + 30)))
    text = FULL[:start] + data.draw(st.one_of(PIECES, st.text(max_size=4))) + FULL[end:]
    (folder / "parigot.toml").write_bytes(text.encode("utf-8", "replace"))
    check_clear(attempt(folder), folder, text)
