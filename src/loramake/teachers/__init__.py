"""Who writes examples: rules, or a model behind an endpoint."""
