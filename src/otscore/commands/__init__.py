"""The commands of ``otscore``, one family a file; each adds its arguments and runs what they ask for."""
