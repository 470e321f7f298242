"""Tests of stempress/output."""
