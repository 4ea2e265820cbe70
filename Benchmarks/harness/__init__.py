"""Measures dbuild beside other tools and the machine's own floors: `Benchmarks/run`."""
