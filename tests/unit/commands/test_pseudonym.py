import csv
import json
import stat

import pytest
from click.testing import CliRunner

from stream.commands.pseudonym import pseudonym
from stream.commands.whois import whois
from stream.errors import InputError, SettingsError
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym

ANN, BOB = "ann@example.org", "Bob, Jr."


@pytest.fixture
def key_file(tmp_path):
    PseudonymKey.create(str(tmp_path / "acme.key"))
    return tmp_path / "acme.key"


@pytest.fixture
def roster(tmp_path):
    with (tmp_path / "staff.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["name", "worker"], ["Ann", ANN], ["Bob", BOB]])
    return tmp_path / "staff.csv"


def run(command, *arguments, **options):
    return CliRunner().invoke(command, list(map(str, arguments)), **options)


def test_ids_from_standard_input_become_pseudonyms_line_by_line(key_file):
    result = run(pseudonym, "--key", key_file, input=f"{ANN}\n\n{BOB}\r\n")
    key = PseudonymKey.load(str(key_file))
    assert result.output.split() == [key.pseudonym(ANN), key.pseudonym(BOB)]


def test_ids_as_arguments_give_the_same(key_file):
    by_argument = run(pseudonym, ANN, "--key", key_file).output
    assert by_argument == run(pseudonym, "--key", key_file, input=ANN).output
    assert looks_like_pseudonym(by_argument.strip())


def test_json_pairs_each_id_with_its_pseudonym(key_file):
    found = json.loads(run(pseudonym, ANN, BOB, "--key", key_file, "--json").stdout)
    assert [pair["raw_id"] for pair in found] == [ANN, BOB]
    assert all(looks_like_pseudonym(pair["pseudonym"]) for pair in found)


def test_a_csv_file_comes_out_with_its_ids_replaced_and_nothing_else(key_file, roster):
    rows = list(
        csv.reader(run(pseudonym, "--key", key_file, "--file", roster, "--column", "worker").stdout.splitlines())
    )
    key = PseudonymKey.load(str(key_file))
    assert rows == [["name", "worker"], ["Ann", key.pseudonym(ANN)], ["Bob", key.pseudonym(BOB)]]


def test_a_key_is_made_for_its_owner_alone_and_never_replaced(tmp_path):
    path = tmp_path / "new.key"
    run(pseudonym, ANN, "--key", path, "--make-key")
    made = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(pseudonym, ANN, "--key", path, "--make-key").exit_code == 0
    assert path.read_bytes() == made


def test_without_a_key_file_the_error_says_so(tmp_path):
    assert isinstance(run(pseudonym, ANN, "--key", tmp_path / "absent").exception, SettingsError)


def test_a_missing_column_names_those_there_are(key_file, roster):
    error = run(pseudonym, "--key", key_file, "--file", roster).exception
    assert isinstance(error, InputError)
    assert "name, worker" in str(error)


@pytest.mark.parametrize("row", ["Ann", ",", "Ann,"], ids=["short", "nobody", "no id"])
def test_a_faulty_row_is_named_without_what_stands_in_it(key_file, tmp_path, row):
    path = tmp_path / "faulty.csv"
    path.write_text(f"name,worker\nCarl,carl@example.org\n{row}\n")
    error = run(pseudonym, "--key", key_file, "--file", path, "--column", "worker").exception
    assert isinstance(error, InputError)
    assert "row 3" in str(error)
    assert "Ann" not in str(error)


def test_what_is_a_pseudonym_already_is_refused(key_file):
    once = run(pseudonym, ANN, "--key", key_file).output.strip()
    assert "already" in str(run(pseudonym, once, "--key", key_file).exception)


def test_the_vendor_finds_the_person_in_its_own_roster(key_file, roster):
    name = PseudonymKey.load(str(key_file)).pseudonym(BOB)
    found = run(whois, name, "--roster", roster, "--column", "worker", "--key", key_file, "--json")
    assert json.loads(found.stdout) == [{"pseudonym": name, "person": {"name": "Bob", "worker": BOB}}]
    assert "Bob, Jr." in run(whois, name, "--roster", roster, "--column", "worker", "--key", key_file).output


def test_whois_does_not_run_without_a_roster(key_file):
    name = PseudonymKey.load(str(key_file)).pseudonym(BOB)
    result = run(whois, name, "--key", key_file)
    assert result.exit_code == 2
    assert "--roster" in result.output


def test_nobody_in_the_roster_is_an_error_that_still_shows_the_others(key_file, roster):
    key = PseudonymKey.load(str(key_file))
    asked = key.pseudonym("carl@example.org"), key.pseudonym(ANN)
    result = run(whois, *asked, "--roster", roster, "--column", "worker", "--key", key_file)
    assert isinstance(result.exception, InputError)
    assert asked[0] in str(result.exception)
    assert "Ann" in result.output


def test_another_vendors_pseudonym_names_the_key_it_needs(key_file, roster):
    key = PseudonymKey.load(str(key_file))
    other = "22" if key.key_id != "22" else "33"
    foreign = PseudonymKey(other, b"x" * 32).pseudonym(ANN)
    error = run(whois, foreign, "--roster", roster, "--column", "worker", "--key", key_file).exception
    assert other in str(error)
    assert key.key_id in str(error)


def test_a_raw_id_given_by_mistake_is_not_repeated(key_file, roster):
    error = run(whois, ANN, "--roster", roster, "--column", "worker", "--key", key_file).exception
    assert isinstance(error, InputError)
    assert "ann" not in str(error)
