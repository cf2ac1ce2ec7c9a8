"""A pack of abilities by domain from answers to single items: recipe, data, fit, files."""
