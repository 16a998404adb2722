"""The command `parigot`: everything headless, for scripts and CI. One module a command."""
