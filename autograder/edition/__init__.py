"""What goes out to students: the released week and the published edition."""
