"""What an app's .proto files say about its payloads and its errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parigot.errors import KernelErr
from parigot.schema.model import Decoded
from parigot.schema.text import plain
from parigot.schema.wire import raw_fields, split

if TYPE_CHECKING:
    from google.protobuf.descriptor_pool import DescriptorPool

_KERNEL_NAMES = {int(code): code.name for code in KernelErr}


class Schema:
    """Decodes payloads for people. Made by `load` or `empty`; may be used from any thread."""

    def __init__(
        self,
        pool: DescriptorPool | None,
        error_enums: Sequence[str] = (),
        error_id_names: dict[str, str] | None = None,
    ) -> None:
        self._pool = pool
        self._classes: dict[str, Any] = {}
        self._error_enums = tuple(error_enums)
        # Service names compare without regard to case, as in the kernel.
        self._error_ids = {service.lower(): name for service, name in (error_id_names or {}).items()}
        self._error_names: dict[str, dict[int, str]] = {}

    @classmethod
    def load(cls, protos: Sequence[Path]) -> Schema:
        """Reads .proto files, and all such files in folders; imports are found among them and beside them.

        Raises:
            SchemaError: with file and line.
        """
        if not protos:
            return cls.empty()
        from parigot.schema.load import load_files  # loads ANTLR: only when there is something to parse

        loaded = load_files([Path(path) for path in protos])
        return cls(loaded.pool, loaded.error_enums, loaded.error_id_names)

    @classmethod
    def empty(cls) -> Schema:
        """Knows the well-known types and parigot's own, nothing of the app."""
        return cls(None)

    def decode(self, any_bytes: bytes) -> Decoded:
        """Decodes a payload, a serialized google.protobuf.Any. Never raises.

        What the schema cannot read is decoded from the raw wire, and `note` says why.
        """
        if not any_bytes:
            return Decoded("")
        parts, end = split(any_bytes)
        url, value = b"", b""
        for number, kind, part in parts:
            if kind == 2 and isinstance(part, bytes):
                url, value = (part, value) if number == 1 else (url, part) if number == 2 else (url, value)
        if end < len(any_bytes) or not url:
            return Decoded("", raw_fields(any_bytes), "not a google.protobuf.Any")
        name = plain(url.decode("utf-8", "replace").rpartition("/")[2])
        return self._message(name, value)

    def _message(self, name: str, value: bytes) -> Decoded:
        from parigot.schema.decode import message_fields

        try:
            cls = self._class(name)
        except KeyError:
            return Decoded(name, raw_fields(value), f"no .proto declares {name}")
        try:
            return Decoded(name, message_fields(cls.FromString(value)))
        # protobuf raises DecodeError here, which is an Exception of its own; a payload is whatever a guest
        # sent, and looking at it must not take the studio down.
        except Exception:  # noqa: BLE001
            return Decoded(name, raw_fields(value), f"the bytes are no {name}")

    def _class(self, name: str) -> Any:
        """The message class of a full name; KeyError if nobody declares it."""
        if name not in self._classes:
            from google.protobuf.message_factory import GetMessageClass

            self._classes[name] = GetMessageClass(self._get_pool().FindMessageTypeByName(name))
        return self._classes[name]

    def _get_pool(self) -> DescriptorPool:
        if self._pool is None:
            from google.protobuf.descriptor_pool import DescriptorPool

            from parigot.schema import builtin

            pool = DescriptorPool()
            for name in builtin.NAMES:
                pool.AddSerializedFile(builtin.descriptor_bytes(name))
            self._pool = pool
        return self._pool

    def error_name(self, service: str, code: int) -> str:
        """An error code in words.

        Args:
            service: the full name of the service that was called; "" if there was none.

        Returns:
            The name in the service's error enum, else the kernel's name for the code, else its number.
        """
        if service not in self._error_names:
            self._error_names[service] = self._find_errors(service)
        return self._error_names[service].get(code) or _KERNEL_NAMES.get(code) or str(code)

    def _find_errors(self, service: str) -> dict[int, str]:
        package, _, _ = service.lower().rpartition(".")
        candidates = [name for name in self._error_enums if name.lower().rpartition(".")[0] == package]
        wanted = self._error_ids.get(service.lower())
        if wanted is not None:
            short = wanted.rpartition(".")[2]
            named = [name for name in candidates if name.rpartition(".")[2] == short]
            candidates = named or [name for name in self._error_enums if name.endswith(f".{wanted}")]
        if len(candidates) != 1 or self._pool is None:
            return {}
        values = self._pool.FindEnumTypeByName(candidates[0]).values
        return {value.number: plain(value.name) for value in reversed(values)}
