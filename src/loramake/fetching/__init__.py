"""Fetching: snapshots of live services in data/raw/, of which a build reads the files and nothing else."""
