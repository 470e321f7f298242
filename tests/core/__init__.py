"""Tests of stempress/core."""
