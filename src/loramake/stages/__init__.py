"""One module a stage; they meet in files only."""
