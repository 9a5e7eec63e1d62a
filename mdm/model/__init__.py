"""Value objects that every layer shares; this package imports nothing of ours."""
