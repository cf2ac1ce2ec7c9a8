"""Plain per-row scorers written from the text of the methods: the slow twins of the kernel."""
