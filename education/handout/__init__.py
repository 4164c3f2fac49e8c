"""The one-sheet handout as a PDF, and the picture that shared links show. Made by typst."""
