"""Files that nobody means well with, made on the spot: name -> bytes. What the name begins with is the kind of trick."""

import io
import random
import struct
import zipfile
from pathlib import Path

from pipelines.sheets import Sheet, workbook

SAVED = Path(__file__).resolve().parents[1] / "workbook" / "saved"
"""Workbooks as other programs save them."""
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


def archives():
    """Containers that say one thing in two places, or are built to be read differently by two programs."""
    plain = packed(parts(), zipfile.ZIP_STORED)
    made = bytearray(plain)
    made[made.find(b"xl/worksheets/sheet1.xml") + 3] = ord("W")
    yield "zip-other-name-inside", bytes(made)
    yield "zip-two-ends", plain + plain[plain.rfind(b"PK\x05\x06") :]
    yield "zip-two-books", plain + book("<row/>")
    yield "zip-comment-is-end", _commented(plain, b"PK\x05\x06" + bytes(18))
    yield "zip-comment-long", _commented(plain, b"x" * 65535)
    for name, offset, value in (
        ("count", 10, b"\xff\xff"),
        ("directory-far", 16, b"\xff\xff\xff\x7f"),
        ("directory-size", 12, b"\xff\xff\xff\x7f"),
        ("disk", 4, b"\x07\x00"),
    ):
        made = bytearray(plain)
        end = made.rfind(b"PK\x05\x06")
        made[end + offset : end + offset + len(value)] = value
        yield f"zip-end-{name}", bytes(made)
    for name, offset, value in (
        ("method", 10, b"\x09\x00"),
        ("method-none", 10, b"\x63\x00"),
        ("unpacked-small", 24, b"\x01\x00\x00\x00"),
        ("unpacked-large", 24, b"\xff\xff\xff\x7f"),
        ("packed-large", 20, b"\xff\xff\xff\x7f"),
        ("offset-far", 42, b"\xff\xff\xff\x7f"),
        ("offset-itself", 42, b"\x00\x00\x00\x00"),
        ("name-long", 28, b"\xff\xff"),
        ("version", 6, b"\xff\x00"),
        ("link", 38, b"\x00\x00\xff\xa1"),
    ):
        made = bytearray(packed(parts()))
        place = made.rfind(b"PK\x01\x02")
        made[place + offset : place + offset + len(value)] = value
        yield f"zip-entry-{name}", bytes(made)
    yield "zip-name-not-text", bytes(bytearray(plain).replace(b"xl/styles.xml", b"xl/\xff\xfe\x80.xml"))
    yield "zip-folders", packed([*parts().items(), ("xl/worksheets/", ""), ("a/b/c/", "")])
    yield "zip-backslashes", packed({name.replace("/", "\\"): text for name, text in parts().items()})
    yield "zip-nested-bomb", packed([*parts().items(), ("xl/media/1.zip", packed({"x": b"\0" * 2**22}))])
    made = bytearray(book())
    made[made.find(b"PK\x03\x04") + 60] ^= 0xFF
    yield "zip-stream-broken", bytes(made)


def _commented(content, comment):
    made = bytearray(content)
    made[-2:] = struct.pack("<H", len(comment))
    return bytes(made) + comment


def members():
    """Parts of a workbook that a reader may follow although nobody asked it to."""
    row = f'<row r="1">{HEAD}</row>'
    outside = "".join(
        f'<Relationship Id="x{n}" Type="{LINKS}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, (kind, target) in enumerate(
            [("externalLink", "file:///etc/passwd"), ("hyperlink", "http://127.0.0.1:9/"), ("image", "\\\\127.0.0.1\\x"),
             ("attachedTemplate", "http://127.0.0.1:9/x.dotm"), ("oleObject", "file:///dev/zero")]
        )
    )  # fmt: skip
    yield "part-outside", book(links=BOOK_LINKS.replace("</Relationships>", outside + "</Relationships>"))
    yield "part-macros", packed([*parts(row).items(), ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 600)])
    yield "part-loop", book(links=BOOK_LINKS.replace("worksheets/sheet1.xml", "_rels/workbook.xml.rels"))
    yield "part-twice", book(book=BOOK.replace("<sheets>", '<sheets><sheet name="考核对象" sheetId="1" r:id="r1"/>'))
    yield "part-id-none", book(book=BOOK.replace('r:id="r1"', 'r:id="zz"'))
    yield "part-binary", packed([*parts(sheet=None).items(), ("xl/worksheets/sheet1.bin", bytes(range(256)) * 40)])
    yield "part-drawing", book(sheet=sheet(row, after='<drawing r:id="r9" xmlns:r="x"/><legacyDrawing/>'))
    names = "".join(f'<definedName name="a{n}">a{(n + 1) % 50}</definedName>' for n in range(50))
    yield "part-names-loop", book(book=BOOK.replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>"))
    yield (
        "part-names-many",
        book(book=BOOK.replace("</sheets>", f"</sheets><definedNames>{'<definedName/>' * 20000}</definedNames>")),
    )
    yield "part-strict", book(sheet=sheet(row).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"))
    yield "part-1904", book(book=BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>'))
    for name, form in {
        "long": "0" * 60000, "nested": "[" * 5000, "colours": "[Red]" * 3000, "nul": "yyyy&#0;", "locale": "[$-F800]dddd",
        "date": "yyyy年m月d日", "empty": "", "quotes": "&quot;" * 2001,
    }.items():  # fmt: skip
        styles = (
            f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode="{form}"/></numFmts>'
            '<cellXfs><xf numFmtId="0"/><xf numFmtId="200" applyNumberFormat="1"/></cellXfs></styleSheet>'
        )
        yield f"format-{name}", book(f'{row}<row r="2"><c r="A2" s="1"><v>45000.5</v></c></row>', styles=styles)
    yield "format-far", book(f'{row}<row r="2"><c r="A2" s="4294967295"><v>1</v></c></row>')
    yield "format-negative", book(f'{row}<row r="2"><c r="A2" s="-1"><v>1</v></c></row>')


def marks():
    """XML that is well formed, or nearly, and still no pleasure to read."""
    row = f'<row r="1">{HEAD}</row>'
    yield "mark-attributes", book("<row " + " ".join(f'a{n}="x"' for n in range(30000)) + f">{HEAD}</row>")
    yield "mark-attribute-long", book(f'<row r="1" a="{"x" * 10**6}">{HEAD}</row>')
    yield "mark-attribute-twice", book(f'<row r="1" r="2">{HEAD}</row>')
    yield "mark-names", book(sheet=sheet(row, "".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(20000))))
    yield "mark-prefix-none", book(sheet=sheet(row.replace("<row", "<zz:row").replace("</row", "</zz:row")))
    yield "mark-cdata", book(sheet=sheet(row.replace("编号", "<![CDATA[编号]]>")))
    yield "mark-comment", book(sheet=sheet(f"<!-- {'-' * 10} -->{row}"))
    yield "mark-instruction", book(sheet=sheet(f"<?php system('id') ?>{row}"))
    yield (
        "mark-include",
        book(sheet=sheet(f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>{row}')),
    )
    yield (
        "mark-utf16",
        book(sheet=sheet(row).replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")),
    )
    yield "mark-utf32", book(sheet=sheet(row).encode("utf-32"))
    yield "mark-bom-twice", book(sheet=b"\xef\xbb\xbf\xef\xbb\xbf" + sheet(row).encode())
    yield "mark-late-doctype", book(sheet=sheet(row + " " * 70000) + LAUGHS)
    yield "mark-entities", book(sheet=sheet(row.replace("编号", "&#38;#38;" * 5000)))
    yield "mark-unknown-entity", book(sheet=sheet(row.replace("编号", "&nbsp;&xxe;")))
    yield "mark-two-roots", book(sheet=sheet(row) * 2)
    rich = "".join(f"<r><rPr><b/></rPr><t>{n}</t></r>" for n in range(20000))
    yield "mark-rich", book(strings=f'<sst xmlns="{MAIN}"><si>{rich}</si></sst>')
    yield "mark-formula", book(f'{row}<row r="2"><c r="A2"><f>{"SUM(" * 3000}1{")" * 3000}</f><v>1</v></c></row>')
    shared = '<c r="A2"><f t="shared" si="0" ref="A2:XFD1048576">A2</f><v>1</v></c><c r="B2"><f t="shared" si="9"/><v>1</v></c>'
    yield "mark-formula-shared", book(f'{row}<row r="2">{shared}</row>')
    yield "mark-formula-array", book(f'{row}<row r="2"><c r="A2"><f t="array" ref="A2:XFD9">1</f><v>1</v></c></row>')
    for word in ("#SPILL!", "#N/A", "#GETTING_DATA", "#夏", "#REF!"):
        yield f"mark-error-{word}", book(f'{row}<row r="2"><c r="A2" t="e"><v>{word}</v></c></row>')


def opened():
    """OpenDocument: few bytes that say they are many cells, and the tricks of XML once more."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell>'

    def made(rows, head="", **other):
        content = (
            f'<?xml version="1.0"?>{head}<office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="考核对象">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest} | other)

    for name, count in (
        ("rows", 1048576),
        ("many", 2**31),
        ("more", 10**20),
        ("none", 0),
        ("negative", -5),
        ("word", "x"),
    ):
        yield (
            f"ods-repeat-{name}",
            made(f'<table:table-row table:number-rows-repeated="{count}">{cell}</table:table-row>'),
        )
        wide = cell.replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{count}"')
        yield f"ods-wide-{name}", made(f"<table:table-row>{wide}</table:table-row>")
    both = cell.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"')
    yield "ods-repeat-both", made(f'<table:table-row table:number-rows-repeated="1048576">{both}</table:table-row>')
    yield "ods-laughs", made(f"<table:table-row>{cell}</table:table-row>", LAUGHS)
    yield "ods-foreign", made(f"<table:table-row>{cell}</table:table-row>", FOREIGN)
    yield "ods-deep", made("<table:table-row-group>" * 5000 + "</table:table-row-group>" * 5000)
    yield "ods-locked", made("", **{"META-INF/manifest.xml": "<m:encryption-data xmlns:m='x'/>"})
    yield "ods-empty", packed({"mimetype": kind})
    value = '<table:table-cell office:value-type="{}" office:{}="{}"/>'
    odd = [("float", "value", "1e999"), ("float", "value", "x"), ("date", "date-value", "99999-99-99"), ("boolean", "b", ""),
           ("time", "time-value", "PT9999999999H"), ("percentage", "value", "-"), ("zzz", "value", "1")]  # fmt: skip
    cells = "".join(value.format(*one) for one in odd)
    yield (
        "ods-values",
        made(f"<table:table-row>{cell}{cell}</table:table-row><table:table-row>{cells}</table:table-row>"),
    )


def old():
    """The old format: a file system in a file, of records that say how long they are. Saved by real programs, then harmed."""
    chance = random.Random(7)
    for path in sorted(SAVED.glob("*.xls")):
        good = path.read_bytes()
        for cut in (600, len(good) // 2, len(good) - 100):
            yield f"xls-cut-{path.stem}-{cut}", good[:cut]
        for number in range(6):
            made = bytearray(good)
            for _ in range(chance.randint(1, 30)):
                made[chance.randrange(len(made))] = chance.randrange(256)
            yield f"xls-mutant-{path.stem}-{number}", bytes(made)
        loop = bytearray(good)
        loop[512:1024] = b"\0" * 512  # every sector follows the first
        yield f"xls-loop-{path.stem}", bytes(loop)
        for place in (44, 48, 60, 68, 76):
            made = bytearray(good)
            made[place : place + 4] = b"\xfe\xff\xff\x7f"
            yield f"xls-head-{path.stem}-{place}", bytes(made)
    for path in sorted(SAVED.glob("*.ods")):
        good = bytearray(path.read_bytes())
        for number in range(3):
            made = bytearray(good)
            for _ in range(chance.randint(1, 8)):
                made[chance.randrange(len(made))] = chance.randrange(256)
            yield f"ods-mutant-{path.stem}-{number}", bytes(made)


def letters():
    """Texts in encodings and shapes that editors, exports and evil hands make."""
    text = "编号,名称\nU1,甲\n"
    yield "letters-utf16-odd", text.encode("utf-16") + b"x"
    yield "letters-utf32", text.encode("utf-32")
    yield "letters-utf7", text.encode("utf-7")
    yield "letters-big5", "編號,名稱\n".encode("big5")
    yield "letters-shift-jis", "番号,名称\n".encode("shift-jis")
    yield "letters-overlong", b"a,b\n\xc0\xaf\xe0\x80\xaf,1\n"
    yield "letters-surrogates", b"a,b\n\xed\xa0\x80\xed\xb0\x80,1\n"
    yield "letters-gb-four", text.encode("gb18030") + b"\x84\x31\xa4\x37\n"
    yield "letters-bom-inside", b"a,\xef\xbb\xbfb\n1,2\n"
    yield "letters-next-line", "编号,名称\x85U1,甲\u2028U2,乙\n".encode()
    yield "letters-form-feed", b"a,b\x0c1,2\x1c3,4\x1e\n"
    yield "letters-joined", ("编号,名称\n" + "e" + "\u0301" * 5000 + ",x\n").encode()
    yield "letters-escape", b"a,b\n\x1b]0;title\x07\x1b[2J,1\n"
    yield "shape-blank-lines", b"\n" * 300_000
    yield "shape-commas", b",\n" * 100_000
    yield "shape-same-heading", (",".join(["编号"] * 500) + "\n").encode()
    yield "shape-headings-only", "编号,名称\n".encode() * 3000
    yield "shape-quotes", b'"' * 200_001
    yield "shape-quote-long", b'a,b\n"' + b"x" * 500_000 + b'",1\n'
    yield "shape-equals", "编号,名称\n=cmd|' /C calc'!A0,@SUM(1)\n+1+1,-2+3\n".encode()
    yield "shape-sylk", b'ID;PWXL;N;E\nC;Y1;X1;K"a"\nE\n'
    yield "shape-dif", b'TABLE\n0,1\n"EXCEL"\nVECTORS\n0,1\n""\n'
    yield (
        "shape-xml-2003",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet/></Workbook>',
    )
    yield (
        "shape-mime",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html><table><tr><td>1</td></tr></table>",
    )
    yield "shape-rtf", b"{\\rtf1\\ansi hello}"
    yield "shape-database", b"SQLite format 3\0" + bytes(4080)
    yield "shape-parquet", b"PAR1" + bytes(200) + b"PAR1"
    yield "shape-shell", b"#!/bin/sh\nrm -rf /\n"


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


COSTLY = ("ods-repeat-rows", "ods-repeat-many", "ods-repeat-more", "ods-repeat-both", "ods-wide-rows", "ods-wide-many",
          "ods-wide-more", "xls-loop")  # fmt: skip
"""What these begin with may take all the time that its reader has: a few bytes that say they are a million cells, or that
follow themselves."""


def costly():
    """The files that take their reader's time, each to be read by itself."""
    found = {name: content for source in (opened(), old()) for name, content in source if name.startswith(COSTLY)}
    heads = '<c t="inlineStr"><is><t>编号</t></is></c>' * 16_384
    return found | {"headings-equal": book(f'<row r="1">{heads}</row><row r="2">{heads}</row>')}


def files(mutant_count=40):
    made = {}
    kinds = (
        containers(),
        bombs(),
        structures(),
        values(),
        texts(),
        archives(),
        members(),
        marks(),
        opened(),
        old(),
        letters(),
    )
    for source in (*kinds, mutants(mutant_count)):
        for name, content in source:
            assert name not in made, name
            if not name.startswith(COSTLY):
                made[name] = content
    return made
