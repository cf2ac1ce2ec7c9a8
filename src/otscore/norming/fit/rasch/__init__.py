"""Norms from answers to single items: difficulties, abilities, and the distribution of ability by age (Rasch model)."""
