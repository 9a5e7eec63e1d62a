"""Demonstration data that is made, not collected; nothing in `mdm/` or `api/` imports it."""
