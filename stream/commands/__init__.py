"""The subcommands of `raterwatch`, a file each."""
