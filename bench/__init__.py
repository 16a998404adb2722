"""Measures what parigot promises: `python -m bench`, or `make bench`.

    floor      two bare fibers that hand each other bytes: what a call costs before we do anything
    rpc        a call through kernel, trace and log, against the floor and against grpcio
    start      the whole process of `parigot run`
    fleet      300 services
    memory     what an idle guest takes
    studio     key presses while calls flood the studio

Machines are noisy, so no figure is compared with a number measured at another time: sides of a ratio take
turns within one run, in pairs, and the median of the pairs counts. Figures that depend on a fresh process
get one (`bench.child`). Targets are in `bench.targets`.
"""
