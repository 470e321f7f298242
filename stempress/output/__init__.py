"""Writing of dist/: files, bundles, manifests, staging."""
