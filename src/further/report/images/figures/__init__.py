"""The figures of a study of images: one file each, called as its figure."""
