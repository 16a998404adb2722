"""The app descriptor: which guests an app has, where they come from, and their limits.

`load(path)` reads whatever a person names: a folder, a `parigot.toml`, a descriptor of parigot 0.3,
or a single `.wasm` file. It answers with an `App` or raises `DescriptorError` with file and line.

    load         what was named          descriptor    parigot.toml         legacy    parigot 0.3
    document     typed reading           toml_lines    where things stand   model     what comes out
"""

from parigot.app.load import load
from parigot.app.model import App, BuildSpec, GuestSpec, Limits, PythonSpec

__all__ = ["App", "BuildSpec", "GuestSpec", "Limits", "PythonSpec", "load"]
