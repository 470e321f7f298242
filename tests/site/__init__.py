"""Tests of stempress/site."""
