"""What the stages around a model are made of."""
