"""Tests, named by the nouns of the modules they test."""
