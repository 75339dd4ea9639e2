"""XLSX, ODS and DOCX: the package first, then what stands in its parts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from clearcount.errors import ForeignFileError
from clearcount.foreign import check_directory, parse_xml
from clearcount.writers.scan.finding import (
    DOCUMENT_TYPE,
    LARGEST,
    NOT_A_PACKAGE,
    TOO_LARGE,
    UNPACKED,
    Finding,
    unseen_characters,
    words,
)
from clearcount.writers.scan.opendocument import scan_opendocument
from clearcount.writers.scan.pictures import Logo, drawings, logos
from clearcount.writers.scan.sheets import scan_sheet, scan_strings, scan_styles, scan_workbook
from clearcount.writers.scan.word import hiding_styles, scan_word

PartScanner = Callable[[str, str, Element], Iterator[Finding]]

_PLAIN_PARTS = {
    ".xlsx": re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|xl/(?:workbook|styles|sharedStrings)\.xml|"
        r"xl/theme/theme1\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d+\.xml|"
        r"xl/worksheets/_rels/sheet\d+\.xml\.rels|xl/tables/table\d+\.xml"
    ),
    ".docx": re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|word/(?:document|styles|settings|webSettings|"
        r"fontTable|numbering|header\d*|footer\d*|footnotes|endnotes)\.xml|word/theme/theme1\.xml|"
        r"word/_rels/[\w.]+\.rels"
    ),
    ".ods": re.compile(r"mimetype|(?:content|styles|meta|settings)\.xml|META-INF/manifest\.xml"),
}
"""The parts that an answer needs. Every other part is a finding, named by the kinds below where they are known."""

_KINDS = (
    (re.compile(r"vba|macro|^Basic/|^Scripts/|\.bin$|activeX|ctrlProps", re.IGNORECASE), "macro or control"),
    (re.compile(r"embeddings?/|oleObject|^Object|^ObjectReplacements/|package/", re.IGNORECASE), "embedded object"),
    (re.compile(r"externalLinks?/|connections\.xml|queryTables?/", re.IGNORECASE), "link to data elsewhere"),
    (re.compile(r"pivot", re.IGNORECASE), "pivot table or its cache"),
    (re.compile(r"comment|persons?/", re.IGNORECASE), "comments"),
    (re.compile(r"docProps/custom|customXml|manifest\.rdf", re.IGNORECASE), "custom properties or data"),
    (re.compile(r"media/|Pictures/|thumbnail|\.(?:png|jpe?g|gif|emf|wmf|bmp|tiff?)$", re.IGNORECASE), "picture"),
    (
        re.compile(r"model/|powerPivot|xl/richData|xl/metadata|revisions/|userNames", re.IGNORECASE),
        "data model or history",
    ),
)
_PART_WORDS = words(
    "xl word docProps customXml META-INF rels Content Types xml bin png jpg jpeg gif emf wmf worksheets sheet "
    "tables table workbook styles sharedStrings theme app core custom document settings webSettings fontTable "
    "numbering header footer footnotes endnotes comments commentsExtended people media image embeddings oleObject "
    "activeX vbaProject externalLinks externalLink pivotCache pivotCacheDefinition pivotCacheRecords pivotTables "
    "pivotTable charts chart drawings drawing threadedComments threadedComment persons person connections "
    "queryTables queryTable printerSettings thumbnail stylesWithEffects docMetadata item itemProps glossary "
    "Thumbnails Pictures Basic Standard Module Object content meta manifest mimetype rdf calcChain metadata "
    "richData revisions userNames LabelInfo Configurations"
)
"""The words of which the names of parts are made; a name with another word is not repeated."""
_OPENDOCUMENT_ROOTS = ("content.xml", "styles.xml", "meta.xml", "settings.xml")


def shown_part(name: str, place: int) -> str:
    """Return the name of a part as a message may print it: one that a program would give, else its number."""
    told = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", name)
    return name if all(word in _PART_WORDS for word in told) and len(name) < 80 else f"number {place}"


def scan_package(file: str, content: bytes) -> Iterator[Finding]:
    """Yield what a package holds beside a plain answer: unknown members, bytes around them, and hidden parts inside."""
    suffix = file[file.rfind(".") :].lower()
    try:
        check_directory(io.BytesIO(content), file)
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (ForeignFileError, *UNPACKED):
        yield Finding(file, NOT_A_PACKAGE, "the file")
        return
    with archive:
        yield from _envelope(file, content, archive)
        members = archive.infolist()
        if sum(member.file_size for member in members) > LARGEST:
            yield Finding(file, TOO_LARGE, "the file")
            return
        fine = tuple(logo for logo in logos(archive) if not logo.fault) if suffix == ".docx" else ()
        hiding = _hiding_styles(archive) if suffix == ".docx" else frozenset()
        for place, member in enumerate(members, start=1):
            if member.is_dir():
                continue
            name = member.filename
            if name in {logo.media for logo in fine}:
                continue
            if not _PLAIN_PARTS[suffix].fullmatch(name):
                kind = next(
                    (kind for pattern, kind in _KINDS if pattern.search(name)), "part that an answer does not need"
                )
                yield Finding(file, kind, f"part {shown_part(name, place)}")
            if name.endswith((".xml", ".rels")):
                for finding in _part(file, suffix, name, archive, member, fine, hiding):
                    yield replace(finding, where=finding.where.replace(name, shown_part(name, place)))


def _envelope(file: str, content: bytes, archive: zipfile.ZipFile) -> Iterator[Finding]:
    """Bytes before, between and after the members, comments, repeated names and encryption."""
    if archive.comment:
        yield Finding(file, "comment of the package", "the end of the file")
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        yield Finding(file, "part that stands twice", "the package")
    end = 0
    for place, member in enumerate(sorted(members, key=lambda member: member.header_offset), start=1):
        if member.header_offset > end:
            yield Finding(file, "bytes that belong to no part", f"before part {shown_part(member.filename, place)}")
        name_length = int.from_bytes(content[member.header_offset + 26 : member.header_offset + 28], "little")
        extra_length = int.from_bytes(content[member.header_offset + 28 : member.header_offset + 30], "little")
        end = member.header_offset + 30 + name_length + extra_length + member.compress_size
        if member.flag_bits & 0x8:  # a data descriptor of 12 bytes, with its optional signature 16 (APPNOTE 4.3.9)
            end += 16 if content[end : end + 4] == b"PK\x07\x08" else 12
        if member.comment or member.extra:
            yield Finding(file, "comment or extra field of a part", f"part {shown_part(member.filename, place)}")
        if member.flag_bits & 0x1:
            yield Finding(file, "encrypted part", f"part {shown_part(member.filename, place)}")
    if archive.start_dir > end:
        yield Finding(file, "bytes that belong to no part", "before the list of parts")
    tail = content.rfind(b"PK\x05\x06")
    if len(content) > tail + 22 + len(archive.comment):
        yield Finding(file, "bytes after the end of the package", "the end of the file")


def _part(
    file: str,
    suffix: str,
    name: str,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    fine: Sequence[Logo],
    hiding: Collection[str],
) -> Iterator[Finding]:
    try:
        raw = archive.read(member)
    except UNPACKED:
        yield Finding(file, "part that cannot be read", f"part {name}")
        return
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        yield Finding(file, DOCUMENT_TYPE, f"part {name}")
        return
    if b"<!--" in raw:
        yield Finding(file, "comment in XML", f"part {name}")
    if re.search(rb"<\?(?!xml )", raw):
        yield Finding(file, "processing instruction", f"part {name}")
    try:
        root = parse_xml(raw, name)
    except ForeignFileError:
        yield Finding(file, "part that is not XML", f"part {name}")
        return
    yield from _relationships(file, name, root)
    yield from _properties(file, name, root)
    if suffix == ".ods" and name in _OPENDOCUMENT_ROOTS:
        yield from scan_opendocument(file, name, root)
    elif name == "xl/workbook.xml":
        yield from scan_workbook(file, name, root)
    elif name == "xl/sharedStrings.xml":
        yield from scan_strings(file, name, root)
    elif name == "xl/styles.xml":
        yield from scan_styles(file, name, root)
    elif name.startswith("xl/worksheets/"):
        yield from scan_sheet(file, name, root)
    elif name.startswith("word/"):
        drawn = drawings(root)
        plain = [drawn[logo.drawing] for logo in fine if logo.part == name]
        yield from scan_word(file, name, root, logos=plain, hiding=hiding)
    for element in root.iter():
        if element.text:
            yield from unseen_characters(file, element.text, f"part {name}")


def _hiding_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of a letter that hide text; none where its styles cannot be read, which is a finding of its own."""
    try:
        raw = archive.read("word/styles.xml")
        return hiding_styles(parse_xml(raw, "word/styles.xml"))
    except (ForeignFileError, *UNPACKED):
        return frozenset()


def _relationships(file: str, name: str, root: Element) -> Iterator[Finding]:
    """Links out of the package: only plain web and mail addresses that a reader may follow are fine."""
    if not name.endswith(".rels"):
        return
    for relation in root:
        if relation.get("TargetMode") == "External":
            plain = relation.get("Type", "").endswith("/hyperlink")
            if not plain or not re.match(r"(?:https?|mailto):", relation.get("Target", ""), re.IGNORECASE):
                yield Finding(file, "link to data elsewhere", f"part {name}")


_PROPERTY_PARTS = ("docProps/core.xml", "docProps/app.xml")
_PLAIN_PROPERTIES = words(
    "title subject creator lastModifiedBy created modified language revision Application DocSecurity "
    "ScaleCrop HeadingPairs TitlesOfParts Company LinksUpToDate SharedDoc HyperlinksChanged AppVersion "
    "Template TotalTime Pages Words Characters Lines Paragraphs CharactersWithSpaces"
)


_PROPERTIES = words(
    "keywords description category contentStatus version identifier lastPrinted Manager HyperlinkBase Slides Notes "
    "HiddenSlides MMClips PresentationFormat Template DigSig"
)
"""Properties that a message may name."""


def _properties(file: str, name: str, root: Element) -> Iterator[Finding]:
    if name not in _PROPERTY_PARTS:
        return
    for element in root:
        tag = element.tag.rpartition("}")[2]
        if tag not in _PLAIN_PROPERTIES and "".join(element.itertext()).strip():
            yield Finding(file, f"document property {tag if tag in _PROPERTIES else 'of its own'}", f"part {name}")
