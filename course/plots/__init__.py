"""Figures of the course, one module a topic."""
