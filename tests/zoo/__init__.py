"""A zoo of hostile and broken files: a function for each, named after its fault."""
