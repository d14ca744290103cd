"""The rules, a group a file: what each alert looks at, and what it says."""
