"""Benchmark of the build against other site generators on the same collection."""
