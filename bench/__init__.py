"""Benchmarks: `make bench` runs every file here whose name does not start with an underscore."""
