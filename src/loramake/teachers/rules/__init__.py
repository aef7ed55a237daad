"""What the offline teacher is made of: reading a passage, and asking about what it says."""
