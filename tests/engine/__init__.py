"""Tests of the engine and of what workers call."""
