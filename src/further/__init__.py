"""Further: from a folder of papers to a further-pre-trained language model, and to numbers that say what it brought."""
