"""The workstation: watch, step and read one running app in the terminal.

A front end and nothing more: it sends commands to a `parigot.session.Session` and shows the events and
snapshots that come out of it. The parts, from the ground up:

    render/            pure functions from plain values to rich Text; no Textual
    models/            bounded pictures of the run (last calls, last log lines, filters); no Textual
    session_bridge     one run as the studio sees it; `tick` brings the models up to date
    messages, actions  the words that the parts use: what happened, what a person can do
    panes/ screens/    widgets; each shows one model and owns no state of the run
    app                puts them together
    main               the command `parigot-studio`
"""
