"""Cases in SQLite or PostgreSQL: tables, what is read of them, the audit chain, the outbox of deliveries."""
