"""Where a document is cut into passages, and by what measure."""
