"""The figures of a study of one small model: one file each, called as its figure."""
