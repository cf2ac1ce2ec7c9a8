"""Long tables: a row per answer."""
