"""The page of a study of images."""
