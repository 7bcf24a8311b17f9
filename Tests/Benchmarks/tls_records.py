"""A TLS client that sends any records after its handshake, with the standard library and OpenSSL's libcrypto.

Python's `ssl` makes the handshake and writes its secrets to a key log. The records are then encrypted here, because no library
sends, for example, a thousand requests for renegotiation.
"""

import ctypes
import ctypes.util
import hashlib
import hmac
import socket
import ssl
import tempfile

HANDSHAKE, APPLICATION_DATA = 22, 23

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_gcm", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p
CONTEXT = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
CIPHERS = {16: ctypes.c_void_p(crypto.EVP_aes_128_gcm()), 32: ctypes.c_void_p(crypto.EVP_aes_256_gcm())}
GET_TAG = 0x10


def encrypt(key, nonce, associated, text):
    """Returns the ciphertext and the tag of AES-GCM (RFC 5116)."""
    result, length = ctypes.create_string_buffer(len(text) + 16), ctypes.c_int()
    crypto.EVP_EncryptInit_ex(CONTEXT, CIPHERS[len(key)], None, key, nonce)
    crypto.EVP_EncryptUpdate(CONTEXT, None, ctypes.byref(length), associated, len(associated))
    crypto.EVP_EncryptUpdate(CONTEXT, result, ctypes.byref(length), text, len(text))
    crypto.EVP_EncryptFinal_ex(CONTEXT, None, ctypes.byref(length))
    crypto.EVP_CIPHER_CTX_ctrl(CONTEXT, GET_TAG, 16, ctypes.byref(result, len(text)))
    return result.raw


def expand_label(digest, secret, label, length):
    """Source: RFC 8446, 7.1; the output fits into one block of the hash."""
    label = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0\1"
    return hmac.digest(secret, info, digest)[:length]


def key_block(master, seed, length):
    """Source: RFC 5246, 5 and 6.3, with SHA-256."""
    seed, result = b"key expansion" + seed, b""
    step = seed
    while len(result) < length:
        step = hmac.digest(master, step, hashlib.sha256)
        result += hmac.digest(master, step + seed, hashlib.sha256)
    return result[:length]


class RecordClient:
    """A connection after the handshake. It accepts any certificate."""

    def __init__(self, address, version=ssl.TLSVersion.TLSv1_3, identity=None):
        self.socket = socket.create_connection(address, timeout=20)
        self.version = version
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ECDHE+AESGCM+AES128")
        if identity:
            context.load_cert_chain(*identity)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with tempfile.NamedTemporaryFile("r") as log:
            context.keylog_filename = log.name
            self.session = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
            received = self.handshake()
            self.secrets = {line.split()[0]: [bytes.fromhex(word) for word in line.split()[1:]]
                            for line in log if not line.startswith("#")}
        if version == ssl.TLSVersion.TLSv1_3:
            suite = self.session.cipher()[0]
            self.digest = hashlib.sha384 if suite.endswith("384") else hashlib.sha256
            self.key_length = 32 if "256_GCM" in suite else 16
            self.use(self.secrets["CLIENT_TRAFFIC_SECRET_0"][1])
        else:
            client_random, master = self.secrets["CLIENT_RANDOM"]
            keys = key_block(master, received[11:43] + client_random, 40)
            self.key, self.salt, self.sequence = keys[:16], keys[32:36], 1

    def handshake(self):
        """Completes the handshake. Returns the received bytes, which begin with the ServerHello."""
        received = b""
        while True:
            try:
                self.session.do_handshake()
                return received
            except ssl.SSLWantReadError:
                self.socket.sendall(self.outgoing.read())
                block = self.socket.recv(1 << 16)
                if not block:
                    raise ConnectionError("the server has closed the connection") from None
                received += block
                self.incoming.write(block)
            finally:
                if self.outgoing.pending:
                    self.socket.sendall(self.outgoing.read())

    def use(self, secret):
        """Uses a traffic secret of TLS 1.3 for the next records."""
        self.secret, self.sequence = secret, 0
        self.key = expand_label(self.digest, secret, b"key", self.key_length)
        self.nonce = int.from_bytes(expand_label(self.digest, secret, b"iv", 12), "big")

    def seal(self, kind, content):
        """Returns the next record."""
        sequence = self.sequence
        self.sequence += 1
        if self.version == ssl.TLSVersion.TLSv1_3:
            head = b"\x17\3\3" + (len(content) + 17).to_bytes(2, "big")
            nonce = (self.nonce ^ sequence).to_bytes(12, "big")
            return head + encrypt(self.key, nonce, head, content + bytes([kind]))
        number = sequence.to_bytes(8, "big")
        length = len(content).to_bytes(2, "big")
        sealed = encrypt(self.key, self.salt + number, number + bytes([kind]) + b"\3\3" + length, content)
        return bytes([kind]) + b"\3\3" + (len(content) + 24).to_bytes(2, "big") + number + sealed

    def key_updates(self, count, reply=0):
        """Returns updates of the client's keys (RFC 8446, 4.6.3). With `reply` 1, the server must update its keys, too."""
        records = []
        for _ in range(count):
            records.append(self.seal(HANDSHAKE, b"\x18\0\0\1" + bytes([reply])))
            self.use(expand_label(self.digest, self.secret, b"traffic upd", self.digest().digest_size))
        return b"".join(records)

    def answered_key_updates(self, count):
        return self.key_updates(count, reply=1)

    def renegotiations(self, count):
        """Returns empty ClientHello messages, for TLS 1.2."""
        return b"".join(self.seal(HANDSHAKE, b"\1\0\0\0") for _ in range(count))

    def empty(self, count):
        """Returns records of application data without content."""
        return b"".join(self.seal(APPLICATION_DATA, b"") for _ in range(count))

    def read(self):
        """Returns the next application data; b"" if the connection has ended, cleanly or not."""
        while True:
            try:
                return self.session.read(1 << 16)
            except ssl.SSLWantReadError:
                try:
                    block = self.socket.recv(1 << 16)
                except ConnectionError:
                    return b""
                if not block:
                    return b""
                self.incoming.write(block)
            except ssl.SSLError:
                return b""
