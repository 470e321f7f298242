"""Tests of stempress/i18n."""
