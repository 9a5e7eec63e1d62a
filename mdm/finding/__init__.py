"""Finding a customer by whatever is known of them: an ID, a key, any attributes, a line of text."""
