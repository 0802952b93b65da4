"""Toys, plots and widgets of week05_transformer."""
