"""Publishing: IPFS CIDs and CAR files, and checks for hosts."""
