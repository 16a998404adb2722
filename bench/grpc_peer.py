"""The same call over grpcio on loopback, in processes of its own so that its threads slow nobody down.

`python -m bench.grpc_peer` serves on a free port and calls itself; with a port it calls the server there. It
reads `count payload-in-hex` lines and answers each with the µs that a call took.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from bench.measure import ROOT

_SERVICE, _METHOD = "test.v1.Pong", "Pong"


class Peer:
    """A running peer.

    Args:
        port: of another peer's server; None serves itself.
    """

    def __init__(self, port: int | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.grpc_peer", *([str(port)] if port else [])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._read())

    def calls(self, count: int, payload: bytes) -> float:
        """Makes calls, one after the other; µs a call."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count} {payload.hex()}\n")
        self._process.stdin.flush()
        return float(self._read())

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the grpcio peer ended; is the extra `dev` installed?")
        return line

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def main(port: int | None) -> None:
    """Serves if need be, then calls as told until the input ends."""
    import grpc

    server = None
    if port is None:
        server = grpc.server(ThreadPoolExecutor(max_workers=2))
        pong = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {_METHOD: pong}),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(f"/{_SERVICE}/{_METHOD}")
        print(port, flush=True)
        for line in sys.stdin:
            count, payload = line.split()
            message = bytes.fromhex(payload)
            started = time.perf_counter()
            for _ in range(int(count)):
                call(message)
            print((time.perf_counter() - started) / int(count) * 1e6, flush=True)
    if server is not None:
        server.stop(None).wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
