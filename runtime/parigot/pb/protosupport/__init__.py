"""Generated messages of `protosupport` (scripts/protos.py)."""
