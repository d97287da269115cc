"""What a user writes into people.toml, wherever and however, stays through every change."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.library.people.document import FILE, load, save
from facecluster.library.people.records import KnownPerson, People
from tests.support.made_people import face

A, B, C, D = (face(number) for number in range(4))
SHAPES = {
    "remarks everywhere": f"""# top
version = 1  # the version
last = 9  # the last
# above one
[person.001]  # one
# before the name
name = "Zoë"  # my sister
born = 1999-01-02  # a key of mine
is = [
  # from the wedding
  "{A}",  # 2019/a.jpg
  "{B}"   # the best one
  # the end
]
# above two

[person.002]
name = "Ann"
# above mine
[mine]
key = 3  # three
[person.003]
hidden = true  # why not
# above the rules
[rules]  # rules
ignore = [
  "{D}",  # a poster
]
# the very end
""",
    "dotted": f"""# mine
version = 1
last = 9
person.001.name = "Zoë"  # my sister
person.001.is = ["{A}", "{B}"]  # two
person.001.born = 1999-01-02
person.002.name = "Ann"
person.003.hidden = true
rules.ignore = ["{D}"]  # a poster
[mine]
key = 3  # three
""",
    "inline": f"""# mine
version = 1
last = 9
rules = {{ ignore = ["{D}"] }}  # a poster
[mine]
key = 3  # three
[person]
001 = {{ name = "Zoë", is = ["{A}", "{B}"], born = 1999-01-02 }}  # my sister
002 = {{ name = "Ann" }}  # the other
003 = {{ hidden = true }}
""",
    "another order": f"""version = 1
last = 9
# mine first
[rules]
ignore = ['{D}']  # a poster
[person.003]
hidden = true
[mine]
key = 3  # three
text = '''
[person.001]
name = "Nobody"
'''
[person.2]
name = 'Ann'
[ person . "001" ]
is = [ "{A}", "{B}", ]  # two
born = 1999-01-02
name = "Zoë"  # my sister
""",
    "texts of several lines": f'''version = 1
last = 9
[mine]
key = 3
text = """
[person.002]
# no remark
[rules]
ignore = []
"""
[person.001]
name = """Zoë"""  # my sister
is = ["{A}",
      "{B}"]  # two
born = 1999-01-02
[person.001.more]
pets = ["cat"]  # and a dog
[person.002]
name = "Ann"
[person.003]
hidden = true
[rules]
ignore = ["{D}"]
''',
}
BEFORE = People(
    {
        1: KnownPerson(1, "Zoë", confirmed=(A, B)),
        2: KnownPerson(2, "Ann"),
        3: KnownPerson(3, hidden=True),
    },
    ignore=(D,),
    last=9,
)
ONE = BEFORE.people[1]
CHANGES = {
    "another name": {1: replace(ONE, name="Zoë B.")},
    "no name": {1: replace(ONE, name=None)},
    "a face more": {1: replace(ONE, confirmed=(A, B, C))},
    "a face less": {1: replace(ONE, confirmed=(B,))},
    "a face rejected": {1: replace(ONE, confirmed=(B,), rejected=(A,), cover=B)},
    "one more": {12: KnownPerson(12, "Cy", ("C",), C, (C,))},
    "shown again": {3: KnownPerson(3)},
    "merged": {1: replace(ONE, aka=("Ann",), merged=(2,)), 2: None},
}


GOES = {
    "a face less": {"2019/a.jpg"},
    "a face rejected": {"2019/a.jpg"},
    "no name": {"my sister"},
    "merged": {"the other"},
}


def changed(change: dict[int, KnownPerson | None]) -> People:
    people = {n: known for n, known in (BEFORE.people | change).items() if known is not None}
    return replace(BEFORE, people=people, last=max(9, *people))


def remarks(text: str) -> list[str]:
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_remarks_and_keys_stay(tmp_path: Path, shape: str, change: str, end: str) -> None:
    text = SHAPES[shape].replace("\n", end)
    (tmp_path / FILE).write_bytes(text.encode())
    assert replace(load(tmp_path), paths={}) == BEFORE
    after = changed(CHANGES[change])
    save(tmp_path, after)
    made = (tmp_path / FILE).read_bytes().decode()
    assert replace(load(tmp_path), paths={}) == after
    lost = {*remarks(text)} - {*remarks(made)}
    # The remark of what is said no more goes with it, but none around it.
    assert lost <= GOES.get(change, set()), made
    assert tomllib.loads(made)["mine"] == tomllib.loads(text)["mine"]
    assert "1999-01-02" in made
    assert "This file was" not in made


@pytest.mark.parametrize("rule", ["different", "same", "ignore"])
@pytest.mark.parametrize("shape", SHAPES)
def test_rules_too(tmp_path: Path, shape: str, rule: str) -> None:
    (tmp_path / FILE).write_text(SHAPES[shape], "utf-8")
    more = {"ignore": (D, C)}.get(rule, ((A, C),))
    after = replace(BEFORE, **{rule: more}, added={C: 3})
    save(tmp_path, after)
    made = (tmp_path / FILE).read_text("utf-8")
    assert replace(load(tmp_path), paths={}) == after
    assert {*remarks(SHAPES[shape])} - {*remarks(made)} <= {"a poster"}
    assert "This file was" not in made


def test_all_else_stays_byte_for_byte(tmp_path: Path) -> None:
    text = SHAPES["remarks everywhere"]
    (tmp_path / FILE).write_text(text, "utf-8")
    save(tmp_path, replace(changed(CHANGES["a face more"]), paths={C: "2020/c.jpg"}))
    made = (tmp_path / FILE).read_text("utf-8")
    wanted = text.replace(f'"{B}"   # the best one', f'"{B}",   # the best one')
    wanted = wanted.replace("  # the end\n", f'  # the end\n  "{C}",  # 2020/c.jpg\n')
    assert made == wanted


def test_a_remark_behind_a_face_is_no_change(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SHAPES["remarks everywhere"], "utf-8")
    save(tmp_path, replace(BEFORE, paths={A: "2021/moved.jpg", B: "2021/b.jpg"}))
    assert (tmp_path / FILE).read_text("utf-8") == SHAPES["remarks everywhere"]
