"""A whole deployment on one machine: the demo's, and what the benches and end-to-end tests run on."""
