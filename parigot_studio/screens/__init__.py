"""Screens over the panes."""
