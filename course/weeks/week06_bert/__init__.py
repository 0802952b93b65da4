"""Week 06: BERT, RoBERTa and transfer learning."""
