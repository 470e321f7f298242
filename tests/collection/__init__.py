"""Tests of stempress/collection."""
