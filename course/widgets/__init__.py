"""Widgets of the course: thin over plain functions, one module a topic."""
