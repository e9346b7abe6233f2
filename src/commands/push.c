/* push: a sender for the signed HTTP push (docs/push.md): for scripts that bring a delivery, and
 * for trying a feed. Plain HTTP: to a loopback address, or to the TLS proxy of the same machine. */
#include "commands.h"
#include "transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { PUSH_TIMEOUT_MS = 30000, PUSH_ARENA = 256 << 20 };

static struct span push_head(struct arena *a, struct span key, struct span body, struct span name)
{
    unsigned char raw[16];
    random_bytes(raw, sizeof raw);
    struct span nonce = bytes_hex(a, raw, sizeof raw);
    struct span time = arena_printf(a, "%lld", (long long)(clock_now_ms() / 1000));
    struct span signature = push_sign(a, key, time, nonce, body);
    return arena_printf(a,
        "Broadsheet-Time: %.*s\r\nBroadsheet-Nonce: %.*s\r\nBroadsheet-Signature: "
        "%.*s\r\nBroadsheet-Name: %.*s\r\nContent-Type: application/octet-stream\r\n",
        FMT(time), FMT(nonce), FMT(signature), FMT(name));
}

static int push_file(
    struct arena *a, struct http_client *c, struct span path, struct span key, const char *file)
{
    struct span body, name;
    bool is_input = strcmp(file, "-") == 0;
    enum result r = file_read(a, is_input ? "/dev/stdin" : file, PUSH_BODY_MAX, &body);
    if (r != OK) {
        fprintf(stderr, "broadsheet push: %s: %s\n", file,
            r == ERR_FULL ? "larger than a delivery may be" : strerror(errno));
        return EX_NOINPUT;
    }
    const char *slash = strrchr(file, '/');
    name = is_input ? S("standard input") : span_of(slash ? slash + 1 : file);
    struct http_answer answer;
    r = http_client_ask(
        c, a, "POST", path, push_head(a, key, body, name), body, PUSH_TIMEOUT_MS, &answer);
    if (r != OK) {
        fprintf(stderr,
            "broadsheet push: %s: no answer (%s); send it again: the same delivery is never "
            "published twice\n",
            file, result_name(r));
        return EX_TEMPFAIL;
    }
    printf("%s: %d %.*s\n", file, answer.status, FMT(span_trim(answer.body)));
    bool again = answer.status >= 500 || answer.status == 408 || answer.status == 429;
    return answer.status == 202   ? EX_OK
           : answer.status == 401 ? EX_NOPERM
           : again                ? EX_TEMPFAIL
                                  : EX_DATAERR;
}

int command_push(int argc, char **argv)
{
    const char *url = NULL, *key_file = NULL, *files[256];
    size_t file_count;
    const struct option_row rows[] = {
        {"--url", &url, NULL, true}, {"--key", &key_file, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), files, COUNT(files), &file_count))
        return EX_USAGE;
    struct arena *a = arena_new(PUSH_ARENA);
    struct url u;
    struct span key;
    struct http_client *c = NULL;
    int code = EX_OK;
    if (!url_parse(a, span_of(url), &u) || !span_eq(u.scheme, S("http")))
        return usage_error("push", "--url wants http://HOST:PORT/push/FEED (for https see "
                                   "docs/push.md: openssl and curl)");
    if (file_read(a, key_file, 4096, &key) != OK) {
        fprintf(stderr, "broadsheet push: key file %s: %s\n", key_file, strerror(errno));
        return EX_NOINPUT;
    }
    struct span address =
        arena_printf(a, "%.*s:%.*s", FMT(u.host), FMT(u.port.n ? u.port : S("80")));
    if (http_client_open(address, &c) != OK) {
        fprintf(
            stderr, "broadsheet push: nobody answers at %.*s: %s\n", FMT(address), strerror(errno));
        return EX_UNAVAILABLE;
    }
    for (size_t i = 0; i < file_count && code == EX_OK; i++)
        code = push_file(a, c, u.path, span_trim(key), files[i]);
    http_client_close(c);
    arena_free(a);
    return code;
}
