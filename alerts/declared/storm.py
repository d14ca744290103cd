"""Where flags sit: so many in a queue that the queue is looked at first, or at one vendor or site while others agree.

As stream/policy/storm.py says it, from what workers export. A vendor with one site that accounts for its flags is not
named; the site is.
"""

from alerts.declared.told import MEMORY, SUSPECT, WHO, told
from alerts.deployment import Deployment
from alerts.model import Recording
from stream.policy.declared import StormPolicy

ACTIVE, FLAGGED = "raterwatch:active_raters:sum", "raterwatch:flagged_raters:count"
STORM = "raterwatch:queue_storm:bool"
PLACES = "raterwatch:place_stands_out:raters"
_ACTIVE_NOW, _DAY = "raterwatch:active_raters_now:sum", "raterwatch:rater_judgments_24h:max"
_SITE_ACTIVE_NOW, _SITE_ACTIVE = "raterwatch:site_active_raters_now:sum", "raterwatch:site_active_raters:sum"
_AT_SITE, _SITE_FLAGGED = "raterwatch:rater_suspect_at_site:max", "raterwatch:site_flagged_raters:count"
_CONSTANT = "raterwatch:constant_raters:count"
_VENDOR_STANDS_OUT, _SITE_STANDS_OUT = "raterwatch:vendor_stands_out:raters", "raterwatch:site_stands_out:raters"


def storm_recordings(deployment: Deployment) -> tuple[Recording, ...]:
    """In the order in which they rest on each other."""
    storm = deployment.policy.storm
    return (*_counts(storm), *_standing_out(storm), Recording(STORM, _storm(storm)))


def _counts(storm: StormPolicy) -> tuple[Recording, ...]:
    at_site = f"{WHO}, site"
    day = 'raterwatch_rater_judgments{window="24h"}'
    active = f"last_over_time({_DAY}[{MEMORY}]) >= {storm.active_judgments}"

    def count(raters: str, by: str, everyone: str) -> str:
        return f"count by ({by}) (({raters}) and on ({WHO}) {active})\nor {everyone} * 0"

    return (
        Recording(_DAY, f"max by ({WHO}) ({day})"),
        Recording(_ACTIVE_NOW, 'sum by (vendor, queue) (raterwatch_active_raters{window="24h"})'),
        Recording(ACTIVE, f"max_over_time({_ACTIVE_NOW}[{MEMORY}])"),
        Recording(_SITE_ACTIVE_NOW, "sum by (vendor, queue, site) (raterwatch_site_active_raters)"),
        Recording(_SITE_ACTIVE, f"max_over_time({_SITE_ACTIVE_NOW}[{MEMORY}])"),
        Recording(_AT_SITE, f'max by ({at_site}) (raterwatch_rater_suspect{{mode="armed",site!=""}})'),
        Recording(FLAGGED, count(told(SUSPECT), "vendor, queue", ACTIVE)),
        Recording(_SITE_FLAGGED, count(told(_AT_SITE, at_site), "vendor, queue, site", _SITE_ACTIVE)),
        Recording(_CONSTANT, count(told(f'{SUSPECT}{{detector="constant_answer"}}'), "vendor, queue", ACTIVE)),
    )


def _standing_out(storm: StormPolicy) -> tuple[Recording, ...]:
    share = f"{storm.flagged_share:g}"

    def stands_out(flagged: str, active: str) -> str:
        """Whose flags would blame a queue, while the queue's other raters have fewer."""
        others_active, others_flagged = (
            f"(sum by (queue) ({all_}) - on (queue) group_right () {part})"
            for all_, part in ((ACTIVE, active), (FLAGGED, flagged))
        )
        return (
            f"{flagged} >= {storm.group_flagged_raters}\n"
            f"and {flagged} >= {share} * {active}\n"
            f"and {active} >= {storm.group_active_raters}\n"
            f"and {others_active} >= {storm.group_active_raters}\n"
            f"and {others_flagged} < {share} * {others_active}"
        )

    alone = f"(count by (vendor, queue) ({_SITE_STANDS_OUT}) == 1)"
    rest_active, rest_flagged = (
        f"({whole} - on (vendor, queue) sum by (vendor, queue) ({part} and {_SITE_STANDS_OUT}))"
        for whole, part in ((ACTIVE, _SITE_ACTIVE), (FLAGGED, _SITE_FLAGGED))
    )
    one_site = f"({alone} and {rest_active} > 0 and {rest_flagged} < {share} * {rest_active})"
    vendors = f"({_VENDOR_STANDS_OUT}\nunless {one_site})"
    return (
        Recording(_VENDOR_STANDS_OUT, stands_out(FLAGGED, ACTIVE)),
        Recording(_SITE_STANDS_OUT, stands_out(_SITE_FLAGGED, _SITE_ACTIVE)),
        Recording(PLACES, f"{vendors}\nor ({_SITE_STANDS_OUT}\nunless on (vendor, queue) {vendors})"),
    )


def _storm(storm: StormPolicy) -> str:
    share, constant = f"{storm.flagged_share:g}", f"{storm.constant_share:g}"
    blamed = (
        f"(sum by (queue) ({FLAGGED}) >= {share} * sum by (queue) ({ACTIVE}) unless on (queue) {PLACES})\n"
        f"or sum by (queue) ({_CONSTANT}) > {constant} * sum by (queue) ({ACTIVE})"
    )
    enough = f"sum by (queue) ({ACTIVE}) >= {storm.active_raters}"
    return f"((\n{blamed}\n) and {enough}) * 0 + 1\nor sum by (queue) ({ACTIVE}) * 0"
