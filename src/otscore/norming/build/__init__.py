"""From a recipe and the data of a sample to a norm pack: fit, tabulate, write, and the same again to compare."""
