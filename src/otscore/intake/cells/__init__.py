"""Cells of a table: what counts as empty, and the numbers and dates that others hold."""
