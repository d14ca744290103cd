"""Out to vendors and to us: signed webhooks, e-mail, Slack; every message at least once, under an id that stays."""
