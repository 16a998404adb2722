"""From plain values to rich Text: pure functions, no Textual, no state of their own."""
