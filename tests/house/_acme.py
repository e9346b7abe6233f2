"""A certificate authority as RFC 8555 has it, small: one account key at a time, http-01 alone, nonces and signatures checked. Whatever name it is asked about, it looks at 127.0.0.1 and the port given."""
import base64, hashlib, http.client, json, os, secrets, threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID


def raw(s): return base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))
def text(b): return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def thumbprint(jwk):
    """RFC 7638."""
    names = ("e", "kty", "n") if jwk["kty"] == "RSA" else ("crv", "kty", "x", "y")
    return text(hashlib.sha256(json.dumps({n: jwk[n] for n in names}, separators=(",", ":")).encode()).digest())


def verify(jwk, signed, signature):
    number = lambda n: int.from_bytes(raw(jwk[n]), "big")
    if jwk["kty"] == "RSA": return rsa.RSAPublicNumbers(number("e"), number("n")).public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    curve, h = {"P-256": (ec.SECP256R1(), hashes.SHA256()), "P-384": (ec.SECP384R1(), hashes.SHA384())}[jwk["crv"]]
    half = len(signature) // 2
    der = utils.encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    ec.EllipticCurvePublicNumbers(number("x"), number("y"), curve).public_key().verify(der, signed, ec.ECDSA(h))


class Authority:
    def __init__(self, port):
        self.port = port  # where challenges are looked for
        self.lock, self.nonces, self.accounts, self.orders, self.asked = threading.Lock(), set(), {}, {}, []
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Small authority")])
        self.certificate = self.sign(self.name, self.key.public_key(), [], True)
        authority = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def do_HEAD(self): self.reply(200)
            def do_GET(self): self.reply(200, authority.directory()) if self.path == "/directory" else self.reply(200 if self.path == "/nonce" else 405)
            def do_POST(self): authority.post(self)

            def reply(self, status, body=None, type="application/json", **head):
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else b""
                if status >= 400: type = "application/problem+json"
                nonce = secrets.token_urlsafe(16)
                with authority.lock: authority.nonces.add(nonce)
                self.send_response(status)
                for name, value in {"Replay-Nonce": nonce, "Content-Type": type, "Content-Length": len(data), "Cache-Control": "no-store", **head}.items(): self.send_header(name, str(value))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self): self.server.shutdown(), self.server.server_close()

    def directory(self): return {"newNonce": self.url + "/nonce", "newAccount": self.url + "/account", "newOrder": self.url + "/order", "revokeCert": self.url + "/revoke", "keyChange": self.url + "/change"}

    def sign(self, name, key, names, is_authority=False):
        now = datetime.utcnow()
        b = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key).serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=90))
        b = b.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        if names: b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
        return b.sign(self.key, hashes.SHA256())

    def chain(self, leaf): return "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in (leaf, self.certificate))

    # ---- a request: signed, fresh, for this address (RFC 8555, 6) ----
    def post(self, h):
        sent = json.loads(h.rfile.read(int(h.headers["Content-Length"])))
        head, signed = json.loads(raw(sent["protected"])), (sent["protected"] + "." + sent["payload"]).encode()
        with self.lock:
            fresh = head.get("nonce") in self.nonces
            self.nonces.discard(head.get("nonce"))
        if not fresh: return h.reply(400, {"type": "urn:ietf:params:acme:error:badNonce", "detail": "nonce"})
        jwk = head.get("jwk") or self.accounts.get(head.get("kid"))
        try:
            verify(jwk, signed, raw(sent["signature"]))
            if head["url"] != self.url + h.path: raise ValueError("url")
        except Exception as e: return h.reply(403, {"type": "urn:ietf:params:acme:error:unauthorized", "detail": repr(e)})
        payload = json.loads(raw(sent["payload"])) if sent["payload"] else None
        what = h.path.strip("/").split("/")
        getattr(self, "do_" + what[0])(h, jwk, payload, *what[1:])

    def do_account(self, h, jwk, payload):
        kid = self.url + "/acct/" + thumbprint(jwk)
        known = kid in self.accounts
        self.accounts[kid] = jwk
        h.reply(200 if known else 201, {"status": "valid", "orders": kid + "/orders"}, Location=kid)

    def do_acct(self, h, jwk, payload, *_): h.reply(200, {"status": "valid"})

    def do_order(self, h, jwk, payload, id=None):
        if id is None:
            id = secrets.token_hex(6)
            self.orders[id] = {"names": [i["value"] for i in payload["identifiers"]], "valid": set(), "token": {}, "leaf": None}
            return h.reply(201, self.shown(id), Location=f"{self.url}/order/{id}")
        h.reply(200, self.shown(id))

    def shown(self, id):
        o = self.orders[id]
        out = {"status": "valid" if o["leaf"] else "ready" if o["valid"] == set(o["names"]) else "pending", "identifiers": [{"type": "dns", "value": n} for n in o["names"]],
               "authorizations": [f"{self.url}/authz/{id}/{k}" for k in range(len(o["names"]))], "finalize": f"{self.url}/finalize/{id}", "expires": "2099-01-01T00:00:00Z"}
        if o["leaf"]: out["certificate"] = f"{self.url}/certificate/{id}"
        return out

    def challenge(self, id, k):
        o, name = self.orders[id], self.orders[id]["names"][int(k)]
        return {"type": "http-01", "url": f"{self.url}/challenge/{id}/{k}", "status": "valid" if name in o["valid"] else "pending", "token": o["token"].setdefault(name, secrets.token_urlsafe(32))}

    def do_authz(self, h, jwk, payload, id, k):
        c = self.challenge(id, k)
        h.reply(200, {"status": c["status"], "identifier": {"type": "dns", "value": self.orders[id]["names"][int(k)]}, "challenges": [c], "expires": "2099-01-01T00:00:00Z"})

    def do_challenge(self, h, jwk, payload, id, k):
        """RFC 8555, 8.3: by HTTP, at the name that is asked for; nothing but the key's authorization counts."""
        name, token = self.orders[id]["names"][int(k)], self.challenge(id, k)["token"]
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request("GET", "/.well-known/acme-challenge/" + token, headers={"Host": name})
        r = c.getresponse()
        body = r.read()
        self.asked.append((name, r.status, r.getheader("Content-Type"), body))
        if r.status == 200 and body.rstrip() == f"{token}.{thumbprint(jwk)}".encode(): self.orders[id]["valid"].add(name)
        c.close()
        h.reply(200, self.challenge(id, k), Link=f'<{self.url}/authz/{id}/{k}>;rel="up"')

    def do_finalize(self, h, jwk, payload, id):
        o = self.orders[id]
        csr = x509.load_der_x509_csr(raw(payload["csr"]))
        wanted = set(csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName))
        if not csr.is_signature_valid or wanted != set(o["names"]) or o["valid"] != wanted: return h.reply(403, {"type": "urn:ietf:params:acme:error:orderNotReady", "detail": str(wanted)})
        o["leaf"] = self.sign(csr.subject, csr.public_key(), o["names"])
        h.reply(200, self.shown(id), Location=f"{self.url}/order/{id}")

    def do_certificate(self, h, jwk, payload, id): h.reply(200, self.chain(self.orders[id]["leaf"]), "application/pem-certificate-chain")
