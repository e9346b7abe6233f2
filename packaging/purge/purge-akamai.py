#!/usr/bin/env python3
"""Akamai, for Broadsheet's cdn.command: deletes by cache tag what stands on standard input, "key NAME" line by line (Fast Purge API v3, signed as EdgeGrid wants it).

    cdn:
      keys: Cache-Tag
      lifetime: CDN-Cache-Control
      command: [/usr/local/lib/broadsheet/purge-akamai.py, production]
      command_file: /etc/broadsheet/akamai.key

Pages name their keys in Cache-Tag; let the property take that as Edge-Cache-Tag. The file is an .edgerc of one section (host, client_token, access_token, client_secret), for a client that may purge and nothing else."""
import base64, hashlib, hmac, json, sys, time, urllib.request, uuid

AT_ONCE = 1000  # tags of one request: some 20 KB, under Akamai's 50


def settings(path):
    with open(path, encoding="utf-8") as f: return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in f) if value}


def digest(key, text): return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def signature(s, scheme, host, path, body):
    stamp = time.strftime("%Y%m%dT%H:%M:%S+0000", time.gmtime())
    head = f"EG1-HMAC-SHA256 client_token={s['client_token']};access_token={s['access_token']};timestamp={stamp};nonce={uuid.uuid4()};"
    signed = "\t".join(["POST", scheme, host, path, "", base64.b64encode(hashlib.sha256(body).digest()).decode(), head])
    return head + "signature=" + digest(digest(s["client_secret"], stamp), signed)


def purge(s, network, tags):
    scheme, host = s["host"].split("://") if "://" in s["host"] else ("https", s["host"])
    path, body = f"/ccu/v3/delete/tag/{network}", json.dumps({"objects": tags}).encode()
    ask = urllib.request.Request(f"{scheme}://{host}{path}", body, {"Content-Type": "application/json", "Authorization": signature(s, scheme, host, path, body)}, method="POST")
    with urllib.request.urlopen(ask, timeout=20) as answer:
        if answer.status != 201: sys.exit(f"Akamai says {answer.status}")


network, s = sys.argv[1], settings(sys.argv[2])
tags = [line[4:].strip() for line in sys.stdin if line.startswith("key ")]
for n in range(0, len(tags), AT_ONCE): purge(s, network, tags[n:n + AT_ONCE])
