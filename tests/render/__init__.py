"""Tests of stempress/render."""
