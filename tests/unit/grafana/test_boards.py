"""What holds for every board, by the rules of Grafana's public dashboard linter and some of our own."""

import copy
import re
from itertools import combinations, pairwise

import pytest

from grafana.source.__main__ import BOARDS as SOURCES
from grafana.source.__main__ import FOLDER, generated
from grafana.source.spec import Unit
from tests.unit.grafana.committed import BOARDS, PATHS, Json, panels, urls, used_variables, variables

COLUMNS = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# The linter's list is Grafana's; these are what our boards use of it.
UNITS = {"locale", "percentunit", "none", "s", "cps", "bytes"}
LETTERS_A_COLUMN = 6  # of a panel's title, until Grafana cuts it
ACCUSING = re.compile(r"\b(cheat|fraud|spammer|guilty|liar|lazy|bad rater|culprit)", re.IGNORECASE)

each_board = pytest.mark.parametrize("board", BOARDS, ids=[board["uid"] for board in BOARDS])


def test_what_is_committed_is_what_the_source_says() -> None:
    """When this fails: `make generate`."""
    assert {path: path.read_text() for path in PATHS} == generated()


def test_the_boards_of_the_design_are_there_in_the_order_of_questions() -> None:
    assert [board.uid.removeprefix("raterwatch-") for board in SOURCES] == [
        *("overview", "raters", "rater", "queue", "coverage", "dataset"),
        *("changes", "vendors", "care", "pipeline", "alerts", "cases"),
    ]


def test_boards_about_people_and_about_care_have_folders_of_their_own() -> None:
    folder = {path.stem[3:]: path.parent.relative_to(FOLDER).as_posix() for path in PATHS}
    assert {name for name, place in folder.items() if place == "Raterwatch raters"} == {"raters", "rater"}
    assert {name for name, place in folder.items() if place == "Raterwatch care"} == {"care"}


@each_board
def test_only_boards_about_people_name_any(board: Json) -> None:
    names_people = "raterwatch_rater_" in str([t["expr"] for p in panels(board) for t in p["targets"]])
    counted_only = board["uid"] == "raterwatch-pipeline"  # how many have series of their own
    assert names_people == (board["uid"] in {"raterwatch-raters", "raterwatch-rater"} or counted_only)


@each_board
def test_a_board_asks_one_source_that_the_reader_chooses(board: Json) -> None:
    assert_one_source(board)


@each_board
def test_a_board_cannot_be_changed_in_the_browser_and_is_found_by_the_others(board: Json) -> None:
    assert board["editable"] is False
    assert board["tags"] == ["raterwatch"]
    assert {"type": "dashboards", "tags": ["raterwatch"]}.items() <= board["links"][0].items()


@each_board
def test_the_job_can_be_chosen_and_all_are_by_default(board: Json) -> None:
    chosen = [variables(board)["job"]]
    if board["uid"] == "raterwatch-pipeline":
        chosen.append(variables(board)["instance"])
    for variable in chosen:
        assert (variable["type"], variable["multi"], variable["allValue"]) == ("query", True, ".+")
        assert variable["label"] == variable["name"].title()


@each_board
def test_variables_are_asked_anew_when_the_time_changes(board: Json) -> None:
    asked = [variable for variable in variables(board).values() if variable["type"] == "query"]
    assert all(variable["refresh"] == 2 for variable in asked)
    # A query as an object is what newer Grafanas write; a plain string is what all of them read.
    assert all(isinstance(variable["query"], str) for variable in asked)


@each_board
def test_a_panel_says_what_it_shows_and_how_to_read_it(board: Json) -> None:
    for panel in panels(board):
        assert panel["title"]
        assert len(panel["title"]) <= LETTERS_A_COLUMN * panel["gridPos"]["w"], panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert not ACCUSING.search(panel["title"] + panel["description"])


@each_board
def test_a_panel_has_a_unit_and_so_has_each_column_of_a_table(board: Json) -> None:
    for panel in panels(board):
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        if panel["type"] == "table":
            columns = {
                override["matcher"]["options"]: {prop["id"]: prop["value"] for prop in override["properties"]}
                for override in panel["fieldConfig"]["overrides"]
            }
            named = set(panel["transformations"][1]["options"]["renameByName"].values())
            assert all(columns[name]["unit"] in UNITS for name in named), panel["title"]


def test_the_units_of_the_source_are_those_of_grafana() -> None:
    assert {unit.value for unit in Unit} == UNITS


@each_board
def test_thresholds_rise_from_below_everything(board: Json) -> None:
    for panel in panels(board):
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert steps[0]["value"] is None
        assert all(low["value"] < high["value"] for low, high in pairwise(steps[1:]))


@each_board
def test_panels_stay_on_the_grid_and_apart(board: Json) -> None:
    assert_on_grid(board)


@each_board
def test_ids_are_unique(board: Json) -> None:
    assert_unique(board)


@each_board
def test_a_click_leads_to_a_board_or_the_desk_and_keeps_what_was_chosen(board: Json) -> None:
    known = {one["uid"]: one for one in BOARDS}
    for url in urls(board):
        if url.startswith("${desk}/"):
            continue
        uid = url.removeprefix("/d/").split("?")[0]
        assert uid in known, url
        assert "${__url_time_range}" in url
        assert set(re.findall(r"var-(\w+)=", url)) <= set(variables(known[uid])), url
        assert used_variables(url) <= set(variables(board)), url


def test_from_a_rater_one_click_leads_to_the_case_desk() -> None:
    leading = {board["uid"] for board in BOARDS if any(url.startswith("${desk}/") for url in urls(board))}
    assert leading == {"raterwatch-raters", "raterwatch-rater"}


def test_boards_lead_to_each_other() -> None:
    reached = {url.removeprefix("/d/").split("?")[0] for board in BOARDS for url in urls(board)}
    assert reached >= {board["uid"] for board in BOARDS} - {"raterwatch-overview", "raterwatch-care"}


def test_panels_that_overlap_or_stand_outside_are_found() -> None:
    for place in ({"x": 20, "w": 8}, {"x": 0, "y": 1, "w": 24, "h": 30}):
        board = copy.deepcopy(BOARDS[0])
        panels(board)[0]["gridPos"] |= place
        with pytest.raises(AssertionError):
            assert_on_grid(board)


def test_a_repeated_id_and_another_source_are_found() -> None:
    board = copy.deepcopy(BOARDS[0])
    panels(board)[0]["id"] = panels(board)[1]["id"]
    with pytest.raises(AssertionError):
        assert_unique(board)
    panels(board)[0]["datasource"] = {"type": "prometheus", "uid": "mine"}
    with pytest.raises(AssertionError):
        assert_one_source(board)


def assert_one_source(board: Json) -> None:
    sources = [variable for variable in variables(board).values() if variable["type"] == "datasource"]
    assert [(one["name"], one["label"], one["query"]) for one in sources] == [
        ("datasource", "Data source", "prometheus")
    ]
    asked = [variable for variable in variables(board).values() if variable["type"] == "query"]
    for one in [*panels(board), *board["annotations"]["list"], *asked]:
        assert one["datasource"] == SOURCE
    assert all(target["datasource"] == SOURCE for panel in panels(board) for target in panel["targets"])


def assert_on_grid(board: Json) -> None:
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(one["x"] >= 0 and one["w"] > 0 and one["x"] + one["w"] <= COLUMNS for one in places)
    for one, other in combinations(places, 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or above, (one, other)


def assert_unique(board: Json) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    assert len({one["uid"] for one in BOARDS}) == len(BOARDS)
    for panel in panels(board):
        names = [target["refId"] for target in panel["targets"]]
        assert names
        assert len(set(names)) == len(names)
