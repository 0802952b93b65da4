"""Toys, plots and widgets of week03_lstm."""
