"""From the scores of a sample to norms as a function of age: ranks and weights, models, what speaks for and against a model."""
