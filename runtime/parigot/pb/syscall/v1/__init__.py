"""Generated messages of `syscall.v1` (scripts/protos.py)."""
