"""The matching rules: what a rules file says, validated, expanded from kinds, as value objects."""
