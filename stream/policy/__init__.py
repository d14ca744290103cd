"""What a deployment declares about deciding: the policy file, who is armed, and when a queue is to blame. Pure."""
