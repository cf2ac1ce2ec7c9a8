"""Scoring methods as pure functions: arrays in, arrays out, no knowledge of packs."""
