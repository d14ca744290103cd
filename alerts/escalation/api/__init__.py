"""The HTTP API, described by its own OpenAPI 3.1 document at /api/openapi.json."""
