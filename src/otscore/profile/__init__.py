"""Scores out: the frozen Profile of one child, and tables of many."""
