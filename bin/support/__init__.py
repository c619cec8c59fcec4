"""What the commands in `bin/` share: the Python environment, the state folder and the services in it."""
