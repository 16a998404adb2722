"""Bounded pictures of a run, fed with events; plain Python, no Textual."""
