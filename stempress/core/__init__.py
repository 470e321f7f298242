"""What any program needs: errors, files, caches, processes."""
