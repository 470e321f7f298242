"""Tests of stempress/clashes."""
