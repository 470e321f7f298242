"""Tests of stempress/audio."""
