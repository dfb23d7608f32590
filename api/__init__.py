"""The HTTP service of Leadboard."""

__version__ = "0.1.0"
