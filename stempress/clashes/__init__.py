"""Clashes: which stems of a song do not fit together, where, and in which variations."""
