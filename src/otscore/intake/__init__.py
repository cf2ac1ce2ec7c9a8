"""Responses in: a mapping, a DataFrame or a file becomes a Batch, with every problem found in one pass."""
