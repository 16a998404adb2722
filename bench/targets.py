"""What every figure has to be. Figures without a target are there to explain the others."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """`value <= limit`, `value >= limit` or `value == limit`."""

    relation: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether `value` is as promised."""
        if self.relation == "<=":
            return value <= self.limit
        if self.relation == ">=":
            return value >= self.limit
        return value == self.limit

    def __str__(self) -> str:
        return f"{self.relation} {self.limit:g}"


TARGETS = {
    "rpc.ratio_to_floor": Target("<=", 3),
    "rpc.vs_grpcio": Target(">=", 10),
    "rpc.slowest_pair_vs_grpcio": Target(">=", 2),
    "rpc.c_python_to_floor": Target("<=", 6),
    "rpc.python_c_to_floor": Target("<=", 6),
    "start.warm_s": Target("<=", 0.6),
    "fleet.start_s": Target("<=", 3),
    "fleet.plan_needed": Target("==", 12),
    "fleet.call_ratio": Target("<=", 1.2),
    "studio.flood_key_ms": Target("<=", 100),
    "studio.flood_key_p95_ms": Target("<=", 100),
    "studio.flood_rss_growth_mb": Target("<=", 50),
}
