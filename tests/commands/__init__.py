"""Tests of stempress/commands."""
