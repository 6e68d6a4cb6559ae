"""Files with secrets: who may read them, and the private key in one."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from noctui.stores.warehouse.faults import WarehouseFault

LEAST_BITS = 2048
"""Of an RSA key: Snowflake takes none that is shorter."""


def private(path: Path, what: str, most: int) -> bytes:
    """What stands in a file that nobody but its owner (and a group, as Kubernetes mounts them) may read.

    `what` is what it is said to hold, `most` are bytes. Raises WarehouseFault (usage).
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise WarehouseFault(f"{path}: {getattr(error, 'strerror', None) or 'cannot be read'}", "usage") from None
    if mode & stat.S_IRWXO:
        raise WarehouseFault(f"{path} holds a {what} and can be read by others: chmod 600 {path}", "usage")
    if len(data) > most:
        raise WarehouseFault(f"{path}: too long for a {what}", "usage")
    return data


def der_of(path: Path, passphrase: str) -> bytes:
    """The private key in a PEM file, as the connector takes it. Raises WarehouseFault: the file, not what is in it."""
    key = _key(path, passphrase)
    from cryptography.hazmat.primitives import serialization as ways

    der: bytes = key.private_bytes(ways.Encoding.DER, ways.PrivateFormat.PKCS8, ways.NoEncryption())
    return der


def public_of(path: Path, passphrase: str) -> str:
    """Its public key as ALTER USER takes it: base64 on one line. Raises WarehouseFault."""
    key = _key(path, passphrase).public_key()
    from base64 import b64encode

    from cryptography.hazmat.primitives import serialization as ways

    return b64encode(key.public_bytes(ways.Encoding.DER, ways.PublicFormat.SubjectPublicKeyInfo)).decode()


def _key(path: Path, passphrase: str) -> Any:
    data = private(path, "private key", 100_000)
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    except ImportError:
        raise WarehouseFault("Snowflake: pip install 'noctui[snowflake]'", "usage") from None
    locked = b"ENCRYPTED" in data
    if locked and not passphrase:
        text = f"{path} is locked: set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE, or the credential snowflake_passphrase"
        raise WarehouseFault(text, "usage")
    try:
        key = serialization.load_pem_private_key(data, passphrase.encode() if locked else None)
    except Exception:  # a dozen kinds, by what is wrong and by version: none says more than this, some quote
        wrong = "the passphrase does not open it" if locked else "holds no private key (PEM, PKCS#8)"
        raise WarehouseFault(f"{path}: {wrong}", "usage") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise WarehouseFault(f"{path}: Snowflake takes RSA keys, and none of this kind", "usage")
    if isinstance(key, RSAPrivateKey) and key.key_size < LEAST_BITS:
        raise WarehouseFault(f"{path}: a key of {key.key_size} bits; Snowflake needs {LEAST_BITS}", "usage")
    return key
