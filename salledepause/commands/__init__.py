"""Groups of commands, one file each; `__main__` gathers them."""
