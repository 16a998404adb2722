"""Sources that parigot writes for people to go on from: templates, and how they are filled in.

templates  a template's text with its blanks filled          names    one name in each language's own case
apps       a new app                                          services a service or program for an app
descriptor entries added to a parigot.toml, comments kept     ids      typed id classes

Templates end in `.tmpl`, so that no tool takes them for sources of ours; `@word@` is a blank.
"""
