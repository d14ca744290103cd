"""The variables that boards share."""

from grafana.source.queries import Picking
from grafana.source.spec import Choice, Variable
from stream.telemetry import metrics

JOB = Variable("job", "Job", f"label_values({metrics.BUILD.name}, job)", everything=".+")
INSTANCE = Variable("instance", "Instance", f"label_values({Picking()(metrics.BUILD)}, instance)", everything=".+")
VENDOR = Variable("vendor", "Vendor", f"label_values({Picking()(metrics.JUDGMENTS)}, vendor)")
QUEUE = Variable("queue", "Queue", f"label_values({Picking('vendor')(metrics.JUDGMENTS)}, queue)")
ONE_VENDOR = Variable("vendor", "Vendor", VENDOR.query, many=False)
ONE_QUEUE = Variable("queue", "Queue", f"label_values({Picking()(metrics.JUDGMENTS)}, queue)", many=False)
QUEUES = Variable("queue", "Queue", ONE_QUEUE.query)
WINDOW = Choice("window", "Window", ("24h", "1h", "7d", "lifetime"))
# The most suspicious come first, so that the board opens on who most needs a look.
ONE_RATER = Variable(
    "rater",
    "Rater",
    f"query_result(sort_desc(topk(200, max by (rater) ({Picking()(metrics.RATER_SUSPICION)}))))",
    many=False,
    pattern='/rater="([^"]+)"/',
)
AGO = Choice("ago", "Compared with", ("1d", "7d", "6h", "1h", "15m", "1m"))
