"""Tests of stempress/runtime."""
