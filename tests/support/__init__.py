"""What several tests share: sites, browsers, a chain, a gateway."""
