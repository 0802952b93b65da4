"""Make the Hangul font that ships with the course: a subset of Noto Sans CJK KR, renamed.

    python -m pip install fonttools
    python -m course.figures.fonts.make /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

It holds the 2,350 syllables of KS X 1001, the few others that the shipped texts use, the letters
(jamo), Korean punctuation and basic Latin; matplotlib's shaping puts any other syllable together
from its letters. The licence (OFL.txt) asks that a changed font does not
carry a reserved name; "Noto" is a trademark besides, so the subset has a name of its own.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from course.data.files import read_text
from course.figures.style import HANGUL_FONT, HANGUL_NAME

FAMILY = "Noto Sans CJK KR"
TEXTS = (
    *("debian_faq_ko.txt.xz", "en_ko_help.tsv.xz"),
    *("en_ko_udhr.tsv", "korean_constitution.txt.xz"),
)
# compatibility letters, and the conjoining ones: initial, vowel, final
JAMO = ((0x3131, 0x318E), (0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2))
LATIN = ((0x20, 0x7E), (0xA0, 0xFF))
SIGNS = "–—‘’“”…·₩、。〈〉《》「」『』【】〔〕〜・"
TRADEMARK = 7  # numbers of entries in a font's table of names
NAMES = {1: HANGUL_NAME, 3: f"{HANGUL_NAME}; from {FAMILY} 2.004", 4: HANGUL_NAME}
POSTSCRIPT_NAME = {6: HANGUL_NAME.replace(" ", "")}
# a picture needs no vertical writing and no kerning
NEEDLESS = ["vhea", "vmtx", "VORG", "BASE", "GPOS"]


def characters() -> set[int]:
    """The code points that the subset holds."""
    ks_x_1001 = {
        bytes([row, place]).decode("euc-kr")
        for row in range(0xB0, 0xC9)
        for place in range(0xA1, 0xFF)
    }
    used = {sign for name in TEXTS for sign in read_text(name) if "가" <= sign <= "힣"}
    ranges = {code for first, last in (*JAMO, *LATIN) for code in range(first, last + 1)}
    return ranges | {ord(sign) for sign in ks_x_1001 | used | set(SIGNS)}


def make(collection: Path, target: Path) -> None:
    """Write the subset, and the manifest beside it.

    Raises:
        StopIteration: the collection holds no font of the family.
    """
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    fonts = TTCollection(str(collection)).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == FAMILY)
    version = font["name"].getDebugName(5)
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"])
    options.layout_features = ["ccmp", "ljmo", "vjmo", "tjmo"]
    options.drop_tables += NEEDLESS
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    _rename(font)
    font.save(str(target))
    _describe(target, version)


def _rename(font) -> None:
    """Give every record a name of ours; the copyright, designers and licence stay."""
    names = font["name"]
    names.names = [
        record
        for record in names.names
        if record.nameID != TRADEMARK and record.langID == 0x409  # English alone
    ]
    for number, text in {**NAMES, **POSTSCRIPT_NAME}.items():
        names.setName(text, number, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames[0] = POSTSCRIPT_NAME[6]
    table.topDictIndex[0].FullName = table.topDictIndex[0].FamilyName = HANGUL_NAME
    table.topDictIndex[0].rawDict.pop("Notice", None)  # the trademark


def _describe(target: Path, version: str) -> None:
    content = target.read_bytes()
    described = {
        "name": target.name,
        "family": HANGUL_NAME,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "source": f"{FAMILY}, {version} (Debian package fonts-noto-cjk), subset",
        "licence": "SIL Open Font License 1.1, see OFL.txt",
    }
    text = json.dumps(described, indent=1) + "\n"
    target.with_name("manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), HANGUL_FONT)
