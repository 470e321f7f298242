"""Tests of stempress/art."""
