"""The artist's collection, read from files and validated."""
