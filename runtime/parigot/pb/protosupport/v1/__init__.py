"""Generated messages of `protosupport.v1` (scripts/protos.py)."""
