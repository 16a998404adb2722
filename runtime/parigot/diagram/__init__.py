"""Graphs drawn in character cells: who requires whom, in layers from top to bottom.

Pure and deterministic; knows nothing of apps and services. `layout` decides where everything goes,
`paint` turns that into cells that know what they belong to, `draw` into text; `formats` writes the same
graph for other tools.

    skeleton    cycles opened, layers chosen, long edges bent      order    few crossings
    place       columns and ports                                  route    rows between the layers
"""

from parigot.diagram.layout import layout
from parigot.diagram.model import Box, Edge, Layout, Node, Route
from parigot.diagram.paint import Cell, draw, paint

__all__ = ["Box", "Cell", "Edge", "Layout", "Node", "Route", "draw", "layout", "paint"]
