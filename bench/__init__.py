"""What a page costs, measured beside a bare Django on the same machine (docs/bench.md)."""
