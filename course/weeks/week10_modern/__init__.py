"""Toys, plots and widgets of week10_modern."""
