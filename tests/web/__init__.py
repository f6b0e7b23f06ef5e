"""The door of browsers, used as a browser without scripts uses it: pages read, forms filled and sent."""
