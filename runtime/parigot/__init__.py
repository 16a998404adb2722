"""parigot: applications made of WebAssembly microservices, run as one process.

The floors, from the ground up; a module imports only from floors below its own:

    errors, ids, pb, app, schema    vocabulary: errors, ids, messages, the app descriptor, message schemas
    kernel                          the eleven calls as a plain state machine (no thread, clock, file)
    dwarf                           wasm sections and line tables over bytes
    build                           compiles guests from source
    wasm                            a thin typed layer over wasmtime's C API; the only ctypes
    guests                          what a guest is: its calling convention, its WASI, its limits
    trace                           event streams: what happened, for whoever looks
    session                         one running app; the one driver that acts
    cli                             the command `parigot`

`parigot_studio`, the workstation in the terminal, stands on `parigot.session`.
"""

__version__ = "0.1.0"
