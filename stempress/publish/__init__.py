"""IPFS names, and checks of what a host would break."""
