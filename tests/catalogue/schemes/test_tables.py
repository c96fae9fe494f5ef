"""Every row of every scheme, and what is lost between them."""

from pathlib import Path

import pytest
from hypothesis import given

from luzeiro.catalogue.schemes import tables
from luzeiro.catalogue.schemes.internal import Internal, Kind
from luzeiro.catalogue.schemes.tables import FILES, from_internal, load, read_scheme, to_internal
from tests.catalogue.schemes.test_internal import MEANINGS

_SEEN = "depictions=real|looks-real"
_SEX_ACT = "acts=penetration|animal|sadism|no-penetration"

ROWS = {
    ("vics-us", "0"): "not-pertinent",
    ("vics-us", "1"): f"abuse;{_SEEN}",
    ("vics-us", "2"): f"exploitive;{_SEEN}",
    ("vics-us", "3"): "exploitive;depictions=drawn",
    ("vics-us", "4"): "comparison",
    ("vics-us", "5"): "not-pertinent",
    ("caid-uk", "A"): f"abuse;acts=penetration|animal|sadism;{_SEEN}",
    ("caid-uk", "B"): f"abuse;acts=no-penetration;{_SEEN}",
    ("caid-uk", "C"): f"abuse;acts=exhibition|other;{_SEEN}",
    ("ncmec", "A1"): f"abuse;{_SEX_ACT};ages=prepubescent;{_SEEN}",
    ("ncmec", "A2"): f"abuse;acts=exhibition;ages=prepubescent;{_SEEN}",
    ("ncmec", "B1"): f"abuse;{_SEX_ACT};ages=pubescent;{_SEEN}",
    ("ncmec", "B2"): f"abuse;acts=exhibition;ages=pubescent;{_SEEN}",
    ("interpol-baseline", "baseline"): (
        f"abuse;{_SEX_ACT}|exhibition;ages=prepubescent;depictions=real"
    ),
    ("benign", "benign"): "not-pertinent",
}

OWN = """
name = "vics-ca"
title = "A unit's own"
published = false
loss = "none"
reference = {document = "d", section = "s", date = "2026"}
[[rows]]
label = "1"
title = "t"
kind = "abuse"
"""

# What goes out to another scheme. All that is not here has no label there.
OUTWARD = {
    ("caid-uk", "A", "vics-us"): "1",
    ("caid-uk", "B", "vics-us"): "1",
    ("caid-uk", "C", "vics-us"): "1",
    ("ncmec", "A1", "vics-us"): "1",
    ("ncmec", "A2", "vics-us"): "1",
    ("ncmec", "B1", "vics-us"): "1",
    ("ncmec", "B2", "vics-us"): "1",
    ("ncmec", "A2", "caid-uk"): "C",
    ("ncmec", "B2", "caid-uk"): "C",
    ("interpol-baseline", "baseline", "vics-us"): "1",
    ("benign", "benign", "vics-us"): "0",
}


def test_the_rows_are_all_that_the_tables_hold() -> None:
    assert {(name, row.label) for name in FILES for row in load(name).rows} == set(ROWS)


@pytest.mark.parametrize(("scheme", "label"), ROWS)
def test_each_label_means_what_its_definition_leaves_open(scheme: str, label: str) -> None:
    assert str(to_internal(scheme, label)) == ROWS[scheme, label]


@pytest.mark.parametrize(("scheme", "label"), ROWS)
def test_each_label_comes_back_as_itself_but_for_the_old_5(scheme: str, label: str) -> None:
    means = to_internal(scheme, label)
    assert means is not None
    expected = {("vics-us", "5"): "0", ("benign", "benign"): None}.get((scheme, label), label)
    assert from_internal(scheme, means) == expected


@pytest.mark.parametrize("other", FILES)
@pytest.mark.parametrize(("scheme", "label"), ROWS)
def test_a_label_goes_out_only_where_it_surely_fits(scheme: str, label: str, other: str) -> None:
    means = to_internal(scheme, label)
    assert means is not None
    if other != scheme:
        assert from_internal(other, means) == OUTWARD.get((scheme, label, other))


@given(MEANINGS)
def test_no_label_ever_says_more_than_the_meaning_it_stands_for(means: Internal) -> None:
    for name in FILES:
        label = from_internal(name, means)
        if label is not None:
            back = to_internal(name, label)
            assert back is not None
            assert back.covers(means)


def test_aliases_and_case_are_read_and_never_written() -> None:
    for spelled in ("a", "Category A", " cat a "):
        assert to_internal("caid-uk", spelled) == to_internal("caid-uk", "A")


@pytest.mark.parametrize(
    ("scheme", "label"),
    [("vics-us", "6"), ("caid-uk", "1"), ("vics-ca", "1"), ("ncmec", "A3"), ("unknown", "1")],
)
def test_what_no_table_says_means_nothing(scheme: str, label: str) -> None:
    assert to_internal(scheme, label) is None


def test_no_meaning_goes_out_to_benign_since_only_its_own_lists_may_say_so() -> None:
    assert from_internal("benign", Internal(Kind.NOT_PERTINENT)) is None


def test_a_units_own_table_takes_the_place_of_ours_until_another_home_is_opened(
    tmp_path: Path,
) -> None:
    (tmp_path / "canada.toml").write_text(OWN)
    tables.use_own(tmp_path)
    assert to_internal("vics-ca", "1") == Internal(Kind.ABUSE)
    tables.use_own(tmp_path / "nowhere")
    assert to_internal("vics-ca", "1") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "canada.toml is no scheme's table"),
        (OWN.replace("vics-ca", "benign"), "benign is ours alone"),
        (OWN.replace("vics-ca", "internal"), "internal is ours alone"),
        (OWN.replace("vics-ca", "x" * 41), "longer than 40"),
    ],
)
def test_a_table_of_their_own_that_is_wrong_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "canada.toml").write_text(text)
    with pytest.raises(ValueError, match=why):
        tables.use_own(tmp_path)
    tables.use_own(tmp_path / "nowhere")


def test_an_unknown_scheme_has_no_labels() -> None:
    assert from_internal("unknown", Internal(Kind.ABUSE)) is None


def test_votes_cast_here_need_no_table() -> None:
    means = to_internal(tables.INTERNAL, "abuse;ages=pubescent")
    assert means is not None
    assert from_internal(tables.INTERNAL, means) == "abuse;ages=pubescent"
    assert to_internal(tables.INTERNAL, "nonsense") is None


@pytest.mark.parametrize("name", FILES)
def test_each_scheme_says_where_it_is_from_and_what_is_lost(name: str) -> None:
    scheme = load(name)
    assert scheme.name == name
    assert len(scheme.reference) > 30
    assert len(scheme.loss) > 20
    assert scheme.published or not scheme.rows  # nothing is guessed


def test_a_unit_brings_the_table_that_is_not_published() -> None:
    row = read_scheme(OWN).row("1")
    assert row is not None
    assert row.means == Internal(Kind.ABUSE)


@pytest.mark.parametrize(
    "row",
    [
        "label = '1'\ntitle = 't'\nkind = 'unheard of'",
        "label = '1'\ntitle = 't'",
        "label = '1'\ntitle = 't'\nkind = 'abuse'\nacts = 'sadism'",
        "label = 'a'\naliases = ['A']\ntitle = 't'\nkind = 'abuse'",
    ],
)
def test_a_wrong_table_is_refused(row: str) -> None:
    text = (
        "name = 'x'\ntitle = 't'\npublished = true\nloss = ''\n"
        "reference = {document = 'd', section = 's', date = '1'}\n[[rows]]\n"
    )
    with pytest.raises(ValueError, match=r"."):
        read_scheme(text + row)
