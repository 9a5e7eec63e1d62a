"""Clusters, golden IDs, judgements and survivorship as pure functions of their arguments."""
