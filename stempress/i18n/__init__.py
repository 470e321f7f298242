"""The interface's languages: translations, and how each language writes numbers and dates."""
