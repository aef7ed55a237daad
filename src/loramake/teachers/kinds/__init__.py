"""The kinds of task: what each asks about a passage or a document, and what it makes of the answers."""
