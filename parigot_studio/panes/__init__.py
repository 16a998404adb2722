"""The panes: each shows one model of the run, and owns nothing but its cursor and its scroll position."""
