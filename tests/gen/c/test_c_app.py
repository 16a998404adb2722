"""Generated clients and servers in C, in an app that runs; and what the generated code looks like."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from parigot.app import load
from parigot.build import build_app
from parigot.build.c import inputs_c
from session.running import Run, run_app

HERE = Path(__file__).parent
GENERATED = ("shop/v1/shop.pb.h", "shop/v1/shop.pb.c")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app, generated and built; its compiler treats warnings as errors."""
    folder = tmp_path_factory.mktemp("shop") / "app"
    shutil.copytree(HERE / "app", folder)
    build_app(load(folder, built=False))
    return folder


@pytest.fixture(scope="module")
def run(app: Path) -> Run:
    return run_app(app)


def test_every_way_to_answer(run: Run) -> None:
    assert run.code == 0
    assert run.lines("customer") == [
        "ready with money",
        "no text: MarshalFailed (7)",
        "not located: NotFound (5)",
        "bread: receipt bread, picture paint, 3 ticks, note ",
        "gold: SoldOut (4)",
        "scribble: MarshalError (3)",
        "that reply is no message type=shop.v1.BuyThingResponse bytes=2",
        "rubble: UnmarshalError (2)",
        "open: done",
        "later: receipt later, picture none, 0 ticks, note ",
        "use: receipt , picture none, 0 ticks, note used",
        "no handler: DispatchError (1)",
        "malformed: UnmarshalError (2)",
    ]


def test_what_the_service_says_of_it(run: Run) -> None:
    assert run.lines("shop") == [
        "ready with paint",
        "a reply cannot be written type=shop.v1.BuyThingResponse",
        "a method is not implemented method=Default",
        "that request is no message method=BuyThing bytes=2",
    ]


@pytest.mark.parametrize("name", GENERATED)
def test_the_code_is_as_it_was(app: Path, name: str) -> None:
    assert (app / "gen" / "c" / name).read_text() == (HERE / "golden" / Path(name).name).read_text()


def test_generated_files_count_as_inputs(app: Path) -> None:
    inputs = inputs_c([app / "shop" / "shop.c"], (), app)
    names = {str(path.relative_to(app)) for path in inputs if path.is_relative_to(app)}
    timestamp = "gen/c/google/protobuf/timestamp.pb"
    assert names == {
        *("shop/shop.c", *(f"gen/c/{name}" for name in GENERATED)),
        *(f"{timestamp}.h", f"{timestamp}.c"),
    }
    assert {"parigot_codec.c", "parigot_rpc.h", "maps.c"} <= {path.name for path in inputs}
