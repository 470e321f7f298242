"""Measurements: `make bench` runs every file here that does not begin with an underscore."""
