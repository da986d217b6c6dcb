"""Cases stage: image data in the layouts people have, to one table of cases, images and questions."""
