"""Generated messages of `syscall` (scripts/protos.py)."""
