"""Tests of stempress/publish."""
