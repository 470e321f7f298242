"""Tests of the room video: videos of mixes."""
