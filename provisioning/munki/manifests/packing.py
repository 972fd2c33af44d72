"""Packed manifests: the bytes of the history of manifests in the database.

They are packed by zlib with a dictionary of common parts, so that the small manifest of a Mac
shrinks to a seventh. A stream names its dictionary; bytes without one are of a release that did not
pack.
"""

import zlib

from sqlalchemy import Dialect, LargeBinary, TypeDecorator

# Never to be changed: what is packed with it can be read with it alone. A test holds it.
_DICTIONARY = b"""\t<true/>
\t<false/>
\t<array/>
\t<key>conditional_items</key>
\t<key>condition</key>
\t<key>default_installs</key>
\t<key>featured_items</key>
\t<key>managed_updates</key>
\t<key>managed_uninstalls</key>
\t<key>optional_installs</key>
\t<key>managed_installs</key>
\t<key>user</key>
\t<key>display_name</key>
\t<key>notes</key>
\t<string></string>
</dict>
</plist>
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
"http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>catalogs</key>
\t<array>
\t\t<string>production</string>
\t</array>
\t<key>included_manifests</key>
\t<array>
\t\t<string>site_default</string>
\t\t<string>included_manifests/sites/</string>
\t\t<string>included_manifests/builds/</string>
\t</array>
</dict>
</plist>
"""
_NAME = zlib.adler32(_DICTIONARY).to_bytes(4, "big")
_BEHIND = slice(2, 6)  # the two bytes with which each stream of zlib begins


def pack(content: bytes) -> bytes:
    """Return content as it is kept."""
    packer = zlib.compressobj(zdict=_DICTIONARY)
    return packer.compress(content) + packer.flush()


def unpack(kept: bytes) -> bytes:
    """Return the content of packed bytes; others as they are."""
    if kept[_BEHIND] != _NAME:
        return kept
    unpacker = zlib.decompressobj(zdict=_DICTIONARY)
    return unpacker.decompress(kept) + unpacker.flush()


class Packed(TypeDecorator[bytes]):
    """A column of bytes that are packed in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else pack(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else unpack(value)
