"""Writes the CycloneDX list of the wheels in a folder: python parts.py VERSION WHEELS OUT.json.

It runs in an environment of its own (requirements/bundle-tools.lock), because only it needs the library.
"""

from __future__ import annotations

import hashlib
import sys
import uuid
import zipfile
from email import message_from_string
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

_LONGEST_NAME = 60
"""Some wheels put a whole licence text where its name belongs."""


def component(wheel: Path) -> Component:
    """Return one wheel as a part: name, version, licence as its maker states it, digest, and the file's name."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA"))
        about = message_from_string(archive.read(name).decode("utf-8"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    stated = about["License-Expression"] or (about["License"] or "").strip()
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier", []) if line.startswith("License :: ")]
    if not stated or "\n" in stated or len(stated) > _LONGEST_NAME:
        stated = ", ".join(classified)
    return Component(
        type=ComponentType.LIBRARY,
        name=about["Name"],
        version=about["Version"],
        bom_ref=wheel.name,
        purl=PackageURL("pypi", None, about["Name"].lower().replace("_", "-"), about["Version"]),
        licenses=[LicenseFactory().make_from_string(stated)] if stated else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(f"wheels/{wheel.name}"),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
            )
        ],
        properties=[Property(name="clearcount:file", value=wheel.name)],
    )


def main(version: str, wheels: Path, out: Path) -> None:
    """Write the list, held against the schema of CycloneDX 1.6; equal wheels give equal bytes."""
    parts = [component(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    bom = Bom(components=parts)
    whole = Component(type=ComponentType.APPLICATION, name="clearcount-offline", version=version, bom_ref="clearcount")
    bom.metadata.component = whole
    bom.register_dependency(whole, parts)
    bom.metadata.timestamp = None
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, "".join(sorted(str(part.hashes) for part in parts)))
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert fault is None, fault
    out.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
