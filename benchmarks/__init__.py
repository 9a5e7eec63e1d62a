"""Measurements of match quality and of speed; they write their tables into `docs/benchmarks.md`."""
