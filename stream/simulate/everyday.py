"""The queues and vendors of the everyday world: every label kind, skewed priors, easy and hard, long and short."""

from stream.simulate.places import QueueWorld, VendorWorld

QUEUES = (
    QueueWorld(
        name="spam",
        kind="nominal",
        labels=("fine", "spam"),
        prior=(0.85, 0.15),
        ability=2.5,
        typical_ms=8_000,
        share=2.0,
    ),
    QueueWorld(
        name="search_match",
        kind="nominal",
        labels=("exact", "substitute", "related", "irrelevant"),
        prior=(0.4, 0.3, 0.2, 0.1),
        ability=2.8,
        item_kinds=(("web", 1.0), ("video", 2.0)),
        guidelines=("v1", "v2"),
        share=2.0,
    ),
    QueueWorld(
        name="sentiment",
        kind="nominal",
        labels=("negative", "neutral", "positive"),
        prior=(0.3, 0.45, 0.25),
        redundancy=5,
        ability=2.6,
    ),
    QueueWorld(
        name="topic",
        kind="nominal",
        labels=("news", "sport", "music", "film", "food", "travel", "science", "health", "games", "other_topic"),
        prior=(0.25, 0.2, 0.15, 0.1, 0.08, 0.07, 0.05, 0.04, 0.03, 0.03),
        ability=4.5,
        difficulty_spread=1.5,
    ),
    QueueWorld(
        name="harm_level",
        kind="ordinal",
        labels=("none", "mild", "moderate", "strong", "extreme"),
        prior=(0.5, 0.2, 0.15, 0.1, 0.05),
        typical_ms=20_000,
        sensitivity="sensitive",
    ),
    QueueWorld(
        name="violence",
        kind="nominal",
        labels=("allowed", "age_gated", "removed"),
        prior=(0.6, 0.25, 0.15),
        redundancy=4,
        ability=2.8,
        typical_ms=25_000,
        sensitivity="severe",
    ),
    QueueWorld(
        name="scene_tags",
        kind="set",
        labels=("person", "animal", "vehicle", "building", "text"),
        prior=(0.6, 0.25, 0.3, 0.35, 0.15),
        ability=2.6,
        typical_ms=15_000,
    ),
    QueueWorld(
        name="pairwise",
        kind="nominal",
        labels=("left", "right"),
        prior=(0.5, 0.5),
        redundancy=2,
        ability=2.0,
        typical_ms=18_000,
    ),
)

VENDORS = (
    VendorWorld("alba", "Alba Data", 3.0, ("alba_lisbon", "alba_porto"), ("pt-PT", "en-GB"), "EUR", "0.045", 0.90),
    VendorWorld("borea", "Borea Labelling", 2.0, ("borea_vilnius",), ("lt-LT", "en-GB"), "EUR", "0.052", 0.92),
    VendorWorld("cassia", "Cassia Works", 3.0, ("cassia_pune", "cassia_kochi"), ("en-IN", "hi-IN"), "USD", "0.031"),
    VendorWorld("dorado", "Dorado Crowd", 1.5, ("dorado_bogota",), ("es-CO",), "USD", "0.038"),
    VendorWorld("estrella", "Estrella Review", 0.5, ("estrella_cebu",), ("en-PH", "tl-PH"), "USD", "0.034", 0.88),
)

# One nominal queue of four classes and nothing untidy: what benches and detector tests start from.
PLAIN_QUEUE = QueueWorld(
    name="plain", kind="nominal", labels=("a", "b", "c", "d"), prior=(0.4, 0.3, 0.2, 0.1), ability=3.0
)
PLAIN_VENDOR = VendorWorld("alba", "Alba Data", 1.0, ("alba_lisbon",), ("en-GB",), "EUR", "0.045")
