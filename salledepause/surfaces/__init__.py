"""The doors: each turns a protocol into calls to features; no door knows another."""
