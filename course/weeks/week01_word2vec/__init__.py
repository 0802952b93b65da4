"""Toys, plots and widgets of week01_word2vec."""
