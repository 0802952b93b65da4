"""Toys, plots and widgets of week07_gpt."""
