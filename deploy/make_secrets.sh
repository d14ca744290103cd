#!/bin/sh
# Makes the secrets that docker-compose.yml mounts. What exists is kept, so running it again is safe.
# Compose mounts them with the owner and mode they have here, and each image runs as a user of its own; so the files are
# readable and the folder around them is closed.
set -eu
umask 022
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

# 32 random bytes as 64 hexadecimal digits.
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
sha256() { tr -d '\n' <"$1" | sha256sum | cut -d' ' -f1; }

for name in control_key escalation_token grafana_admin_password link_key postgres_password redis_reader_password redis_worker_password; do
    if [ ! -s "secrets/$name" ]; then
        random >"secrets/$name"
        echo "made deploy/secrets/$name"
    fi
done

# What a vendor's webhooks are signed with: give the vendor the same text.
for vendor in alba; do
    if [ ! -s "secrets/webhook_$vendor" ]; then
        printf 'whsec_%s' "$(head -c 24 /dev/urandom | base64)" >"secrets/webhook_$vendor"
        echo "made deploy/secrets/webhook_$vendor"
    fi
done

# What others gave you: until you put it into these files, messages go nowhere, and NotificationsFailing says so.
for name in pagerduty_routing_key slack_pipeline slack_quality slack_wellness; do
    if [ ! -s "secrets/$name" ]; then
        printf 'http://127.0.0.1:9/replace-%s' "$name" >"secrets/$name"
        echo "made deploy/secrets/$name as a placeholder: put yours into it"
    fi
done

# Always written anew: it follows from the passwords and the template.
sed -e "s/@WORKER_SHA256@/$(sha256 secrets/redis_worker_password)/" \
    -e "s/@READER_SHA256@/$(sha256 secrets/redis_reader_password)/" redis.acl.template >secrets/redis_acl
