"""Audio decoding, measurement, checks, encoding and mixing."""
