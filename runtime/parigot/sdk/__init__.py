"""What guests are written with; `c/` is the SDK for C."""
