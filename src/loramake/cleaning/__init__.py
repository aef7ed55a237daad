"""What the steps of `clean` are made of."""
