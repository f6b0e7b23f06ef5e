"""What a person can do here, one folder a capability, each entered by its front door only."""
