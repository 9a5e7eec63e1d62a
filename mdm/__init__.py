"""Identity resolution: departmental customer records in, golden customer records out."""
