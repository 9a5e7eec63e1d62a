"""The rules files that are shipped; README.md beside them explains every key."""
