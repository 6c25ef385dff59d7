"""Files that nobody means well with, made on the spot: name -> bytes. What the name begins with is the kind of trick."""

import io
import random
import struct
import zipfile

from pipelines.sheets import Sheet, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
ROOT_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
    '<sheet name="考核对象" sheetId="1" r:id="r1"/></sheets></workbook>'
)
BOOK_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
HEAD = '<c r="A1" t="inlineStr"><is><t>编号</t></is></c><c r="B1" t="inlineStr"><is><t>名称</t></is></c>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FOREIGN = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def sheet(rows, before="", after=""):
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(rows=f'<row r="1">{HEAD}</row>', **changed):
    """The members of a small workbook, some replaced or (None) left out."""
    made = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_LINKS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_LINKS,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>x</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
        "xl/worksheets/sheet1.xml": sheet(rows),
    }
    short = {"book": "xl/workbook.xml", "links": "xl/_rels/workbook.xml.rels", "strings": "xl/sharedStrings.xml",
             "styles": "xl/styles.xml", "sheet": "xl/worksheets/sheet1.xml", "types": "[Content_Types].xml"}  # fmt: skip
    made |= {short[name]: text for name, text in changed.items()}
    return {name: text for name, text in made.items() if text is not None}


def packed(members, method=zipfile.ZIP_DEFLATED):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, text in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, text)
    return sink.getvalue()


def book(rows=f'<row r="1">{HEAD}</row>', **changed):
    return packed(parts(rows, **changed))


def sound():
    """A workbook as an office makes it."""
    rows = [[f"U{number}", f"单位{number}", "unit", "A"] for number in range(1, 9)]
    return workbook([Sheet("考核对象", (), [["编号", "名称", "类型", "平台"]], rows)])


def containers():
    good = sound()
    for cut in (0, 1, 4, 10, 30, 100, len(good) // 2, len(good) - 30, len(good) - 1):
        yield f"cut-{cut}", good[:cut]
    yield "tail-of-rubbish", good + b"\0" * 5000
    yield "head-of-rubbish", b"MZ" + b"\x90" * 500 + good
    yield "magic-only", b"PK\x03\x04"
    yield "empty-archive", packed({})
    yield "archive-in-archive", packed({"a.xlsx": good})
    yield "not-a-book", packed({"readme.txt": "hello", "x/y.xml": "<x/>"})
    for name in ("../../etc/cron.d/x", "/etc/passwd", "C:/windows/x.xml", "..\\..\\x", "xl/../../x.xml"):
        yield f"climbs-{name.replace('/', '_')}", packed([*parts().items(), (name, "x")])
    yield "many-members", packed([*parts().items(), *((f"xl/media/{n}.png", "") for n in range(2001))])
    yield "case-twins", packed([*parts().items(), ("XL/Workbook.xml", BOOK)])
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")):
        yield f"packed-by-{name}", packed(parts(), method)
    for name, short in (
        ("book", "book"),
        ("links", "links"),
        ("sheet", "sheet"),
        ("types", "types"),
        ("strings", "strings"),
    ):
        yield f"without-{name}", book(**{short: None})
    yield "locked", bytes(_flagged(packed(parts())))
    yield "overlapping", _overlapping()
    yield "wrong-checksum", _with_wrong_checksum(packed(parts()))


def _flagged(content):
    made = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(signature)
        while place >= 0:
            made[place + offset] |= 1
            place = made.find(signature, place + 4)
    return made


def _overlapping():
    """Two names of the directory that share the bytes of one member."""
    made = bytearray(packed({**parts(), "xl/worksheets/sheet2.xml": sheet("")}))
    places, place = [], made.find(b"PK\x01\x02")
    while place >= 0:
        places.append(place)
        place = made.find(b"PK\x01\x02", place + 4)
    first = made[places[-2] + 42 : places[-2] + 46]
    made[places[-1] + 42 : places[-1] + 46] = first
    return bytes(made)


def _with_wrong_checksum(content):
    made = bytearray(content)
    place = made.find(b"PK\x01\x02")
    while place >= 0:
        made[place + 16 : place + 20] = struct.pack("<I", 0x12345678)
        place = made.find(b"PK\x01\x02", place + 4)
    return bytes(made)


def bombs():
    blanks = b" " * (40 * 2**20)
    yield "swells-sheet", book(sheet=sheet("").encode() + blanks)
    yield "swells-strings", book(strings=blanks)
    yield "swells-picture", packed([*parts().items(), ("xl/media/1.png", b"\0" * (40 * 2**20))])
    for name in ("book", "links", "strings", "styles", "sheet"):
        whole = parts()[{"book": "xl/workbook.xml", "links": "xl/_rels/workbook.xml.rels",
                         "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml",
                         "sheet": "xl/worksheets/sheet1.xml"}[name]]  # fmt: skip
        bare = whole.removeprefix('<?xml version="1.0"?>')
        yield f"laughs-{name}", book(**{name: f'<?xml version="1.0"?>{LAUGHS}{bare}'})
        yield f"foreign-{name}", book(**{name: f'<?xml version="1.0"?>{FOREIGN}{bare}'})
        sixteen = f'<?xml version="1.0" encoding="UTF-16"?>{LAUGHS}{bare}'.encode("utf-16")
        yield f"laughs-utf16-{name}", book(**{name: sixteen})
    for count in (10**6, 2**31, 2**63, 10**30):
        lie = f'<sst xmlns="{MAIN}" count="{count}" uniqueCount="{count}"><si><t>x</t></si></sst>'
        yield f"strings-lie-{count}", book(strings=lie)
    for place in ("XFD1048576", "XFD1", "A1048576", "ZZZZ1", "A99999999999", "A0", "1A", "", "A-1"):
        yield f"far-{place}", book(f'<row r="1">{HEAD}</row><row><c r="{place}"><v>1</v></c></row>')
    for ref in ("A1:XFD1048576", "A1:ZZZ99999999", "B2:A1", "nonsense", ""):
        yield f"dimension-{ref}", book(sheet=sheet(f'<row r="1">{HEAD}</row>', f'<dimension ref="{ref}"/>'))
    yield "deep", book(sheet=sheet("<x>" * 20000 + "</x>" * 20000))
    yield (
        "styles-many",
        book(styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>' + "<xf/>" * 200000 + "</cellXfs></styleSheet>"),
    )
    merges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(2, 60000))
    yield "merges-many", book(sheet=sheet(f'<row r="1">{HEAD}</row>', after=f"<mergeCells>{merges}</mergeCells>"))
    yield (
        "merge-all",
        book(
            sheet=sheet(f'<row r="1">{HEAD}</row>', after='<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>')
        ),
    )


def structures():
    row = f'<row r="1">{HEAD}</row>'
    yield "xml-cut", book(sheet=sheet(row)[:-20])
    yield "xml-wrong", book(sheet="<worksheet><row></worksheet>")
    yield "xml-none", book(sheet="hello")
    yield "xml-empty", book(sheet="")
    yield "xml-encoding", book(sheet=sheet(row).replace('version="1.0"', 'version="1.0" encoding="klingon"'))
    yield "xml-latin", book(sheet=sheet(row).encode("gb18030"))
    yield "xml-nul", book(sheet=sheet(row).replace("编号", "编\0号"))
    yield "row-twice", book(row + row)
    yield "row-backwards", book(f'<row r="9">{HEAD.replace("1", "9")}</row>{row}')
    yield "row-negative", book('<row r="-5"><c r="A-5"><v>1</v></c></row>')
    yield "cell-twice", book(f'<row r="1">{HEAD}<c r="A1"><v>7</v></c></row>')
    yield "string-index-far", book(f'<row r="1">{HEAD}</row><row r="2"><c r="A2" t="s"><v>999999</v></c></row>')
    yield "string-index-negative", book(f'<row r="1">{HEAD}</row><row r="2"><c r="A2" t="s"><v>-1</v></c></row>')
    yield "type-unknown", book('<row r="1"><c r="A1" t="zzz"><v>1</v></c></row>')
    yield "sheet-itself", book(links=BOOK_LINKS.replace("worksheets/sheet1.xml", "workbook.xml"))
    yield "sheet-elsewhere", book(links=BOOK_LINKS.replace("worksheets/sheet1.xml", "http://127.0.0.1:9/x"))
    yield "sheets-none", book(book=BOOK.replace('<sheet name="考核对象" sheetId="1" r:id="r1"/>', ""))
    yield "sheets-nameless", book(book=BOOK.replace('name="考核对象"', 'name=""'))
    yield (
        "sheets-many",
        book(book=BOOK.replace("<sheets>", "<sheets>" + '<sheet name="s" sheetId="2" r:id="r1"/>' * 3000)),
    )
    yield "name-of-markup", book(book=BOOK.replace("考核对象", "&lt;script&gt;alert(1)&lt;/script&gt;"))


def values():
    for name, text in {
        "nan": "NaN", "inf": "Infinity", "huge": "1e999", "long-number": "9" * 400, "formula": "=cmd|' /C calc'!A0",
        "markup": "&lt;img src=x onerror=alert(1)&gt;", "zero-width": "\u200b\u200b", "right-to-left": "\u202eabc",
        "text": "x" * 40000, "controls": "&#x1;&#x8;", "surrogate": "&#xD800;", "newlines": "a&#10;b&#13;c",
    }.items():  # fmt: skip
        cell = f'<c r="A2" t="inlineStr"><is><t>{text}</t></is></c><c r="B2"><v>{text[:300]}</v></c>'
        yield f"value-{name}", book(f'<row r="1">{HEAD}</row><row r="2">{cell}</row>')


def texts():
    yield "csv-nul", b"\xe7\xbc\x96\xe5\x8f\xb7,\0name\n1,2\n"
    yield "csv-line", b"a," * 2**20
    yield "csv-quote", '编号,名称\n"U1,甲\nU2,乙\n'.encode()
    yield "csv-ragged", "编号,名称\nU1\nU2,乙,丙,丁,戊\n,,,,,,,\n".encode()
    yield "csv-mixed", "编号,名称\n".encode() + "U1,甲".encode("gb18030") + b"\xff\xfe\n"
    yield "csv-bom-only", b"\xef\xbb\xbf"
    yield "csv-utf16", "编号,名称\nU1,甲\n".encode("utf-16-le")
    yield "csv-wide", (",".join(f"c{n}" for n in range(5000)) + "\n").encode()
    yield "csv-separators", b",;\t|" * 500
    yield "csv-returns", b"a,b\r\r\r\n\n\r1,2\r"
    yield "csv-binary", bytes(range(256)) * 20
    yield "text-json", b'{"a": [1, 2, 3]}'
    yield "text-html", b"<html><table><tr><td>1</td></tr></table><script>alert(1)</script></html>"
    yield "text-xml", f'<?xml version="1.0"?>{LAUGHS}<x>&b;</x>'.encode()
    yield "image", b"\x89PNG\r\n\x1a\n" + b"\0" * 200
    yield "pdf", b"%PDF-1.7\n" + b"\xc7\xec" * 100
    yield "program", b"\x7fELF" + b"\0" * 500
    yield "old-empty", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield "old-rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(5).randbytes(4096)
    yield "old-zeros", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8192)
    yield "gzip", b"\x1f\x8b\x08\0" + b"\0" * 100


def mutants(count, seed=20251122):
    """A sound workbook with some bytes changed, half of them in the packed file, half in its XML before packing."""
    chance = random.Random(seed)
    good, members = sound(), parts()
    for number in range(count):
        if number % 2:
            made = bytearray(good)
            for _ in range(chance.randint(1, 12)):
                made[chance.randrange(len(made))] = chance.randrange(256)
            yield f"mutant-{number}", bytes(made)
            continue
        name = chance.choice(sorted(members))
        text = list(members[name])
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(text))
            text[place] = chance.choice(["", "<", ">", '"', "/", "9", "-", "&", chr(chance.randrange(32, 0x3000))])
        yield f"mutant-{number}", packed({**members, name: "".join(text)})


def files(mutant_count=40):
    made = {}
    for source in (containers(), bombs(), structures(), values(), texts(), mutants(mutant_count)):
        for name, content in source:
            assert name not in made, name
            made[name] = content
    return made
