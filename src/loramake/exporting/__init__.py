"""Formats that an adapter leaves in, and their checks."""
