"""The page of a study of one small model: four answers, and the table behind each."""
