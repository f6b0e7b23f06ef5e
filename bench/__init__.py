"""What one machine can do, measured beside its own limit in the same run: `python -m bench` (see docs/benchmark.md)."""
