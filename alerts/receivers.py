"""Where messages go, and what stands in them. Secrets are files; what leaves the team has no numbers unless told so."""

from typing import Any

from alerts.deployment import Notify


def receivers(notify: Notify) -> list[dict[str, Any]]:
    """Alertmanager's receivers."""
    token = {"authorization": {"credentials_file": f"{notify.secrets}/escalation_token"}}
    # The escalation service opens the case and speaks to the vendor; it is ours and gets everything.
    cases = {"url": notify.escalation, "send_resolved": True, "http_config": token}
    heartbeat = {"url": notify.heartbeat, "send_resolved": False}
    return [
        {"name": "nobody"},
        {"name": "pager", "pagerduty_configs": [_pagerduty(notify)]},
        {"name": "pipeline-desk", "slack_configs": [_slack(notify, "slack_pipeline")]},
        {"name": "quality-desk", "slack_configs": [_slack(notify, "slack_quality")]},
        {"name": "wellness", "slack_configs": [_slack(notify, "slack_wellness")]},
        {
            "name": "escalation",
            "slack_configs": [_slack(notify, "slack_quality")],
            "webhook_configs": [cases] if notify.escalation else [],
        },
        {"name": "heartbeat", "webhook_configs": [heartbeat] if notify.heartbeat else []},
    ]


def _pagerduty(notify: Notify) -> dict[str, Any]:
    details = {"what": _text("raterwatch.lines", notify), "alerts": "{{ len .Alerts.Firing }}"}
    return {
        "routing_key_file": f"{notify.secrets}/pagerduty_routing_key",
        "url": notify.pagerduty,
        "send_resolved": True,
        "client": "raterwatch",
        "client_url": "{{ with index .Alerts 0 }}{{ .Annotations.dashboard_url }}{{ end }}",
        "description": '{{ template "raterwatch.title" . }}',
        "severity": "critical",
        "class": "{{ .CommonLabels.alertname }}",
        "group": "{{ .CommonLabels.queue }}",
        # Alertmanager adds these of its own accord with every label in them, unless they are named here.
        "details": {**details, "firing": "", "resolved": "", "num_firing": "", "num_resolved": ""},
        "links": [
            {"href": f"{{{{ with index .Alerts 0 }}}}{{{{ .Annotations.{name}_url }}}}{{{{ end }}}}", "text": text}
            for name, text in (("dashboard", "board"), ("runbook", "what to do"))
        ],
    }


def _slack(notify: Notify, secret: str) -> dict[str, Any]:
    return {
        "api_url_file": f"{notify.secrets}/{secret}",
        "send_resolved": True,
        "title": '{{ template "raterwatch.title" . }}',
        "title_link": "{{ with index .Alerts 0 }}{{ .Annotations.dashboard_url }}{{ end }}",
        "text": _text("raterwatch.slack", notify),
        "fallback": '{{ template "raterwatch.title" . }}',
        "footer": "raterwatch",
        "color": '{{ template "raterwatch.colour" . }}',
    }


def _text(template: str, notify: Notify) -> str:
    full = ".full" if notify.detail == "full" else ""
    return f'{{{{ template "{template}{full}" . }}}}'
