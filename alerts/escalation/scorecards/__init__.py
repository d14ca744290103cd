"""What a vendor's work was like in a contract period: counted, adjusted for who got which work, disputed, signed."""
