"""The one writer into dist/."""
