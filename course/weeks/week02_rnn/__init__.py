"""Toys, plots and widgets of week02_rnn."""
