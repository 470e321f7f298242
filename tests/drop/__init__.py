"""Tests of stempress/drop."""
