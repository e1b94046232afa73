"""The web: pages as pure functions of what is public, and the processes that serve them."""
