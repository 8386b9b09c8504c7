"""The project: settings, root addresses, and the doors for web servers."""
