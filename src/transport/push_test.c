/* The gate for pushes: who may, with which stamp, how often; and which key files are taken. */
#include "transport.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define NOW ((int64_t)1769149800000) /* 2026-01-23T06:30:00Z */
#define KEY "0123456789abcdef0123456789abcdef"
static struct arena *a;
static char folder[] = "/tmp/broadsheet-push-XXXXXX";

static const char *key_file(const char *name, struct span bytes, mode_t mode)
{
    const char *path = arena_printf(a, "%s/%s", folder, name).p;
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    must(fd >= 0 && write_all(fd, bytes.p, bytes.n) == OK && fchmod(fd, mode) == 0);
    close(fd);
    return path;
}

static struct push_gate *gate(void)
{
    struct push_gate *g = push_gate_new();
    const char *why = "";
    must(push_gate_key(g, S("wire"), key_file("key", S(KEY "\n"), 0600), &why) == OK);
    must(push_gate_key(g, S("other"),
             key_file("other", S("another-key-of-thirty-two-bytes!"), 0600), &why) == OK);
    return g;
}

static struct push signed_by(struct span key, int64_t at_ms, const char *nonce, struct span body)
{
    struct push p = {.feed = S("wire"), .nonce = span_of(nonce), .body = body};
    p.time = arena_printf(a, "%lld", (long long)(at_ms / 1000));
    p.signature = push_sign(a, key, p.time, p.nonce, p.body);
    return p;
}

static struct push good(const char *nonce)
{
    return signed_by(S(KEY), NOW, nonce, S("<newsItem/>"));
}

static void signatures(void)
{
    struct push_gate *g = gate();
    struct push p = good("nonce-0123456789ab");
    check(push_check(g, &p, NOW) == PUSH_OK, "a good one");
    check_span(p.signature, S("3d1f8992de8f4cf7eaa3c0aaabb0c6c53db49fc445667147f0ca07da3c6f0ea3"),
        "the signature is HMAC-SHA256 in hex, as others compute it");
    p.feed = S("other");
    check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE, "another feed's key does not hold");
    p.feed = S("nobody");
    check(push_check(g, &p, NOW) == PUSH_NO_FEED, "no such feed");
    p.feed = S("");
    check(push_check(g, &p, NOW) == PUSH_NO_FEED, "nor one without a name");
    p = signed_by(S("0123456789abcdef0123456789abcdeX"), NOW, "nonce-0123456789ab", S("x"));
    check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE, "a wrong key");
    p = signed_by(S(KEY "\n"), NOW, "nonce-0123456789ab", S("x"));
    check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE, "the line's end is no part of the key");
    static const char nobody[32];
    p = signed_by((struct span){nobody, sizeof nobody}, NOW, "nonce-0123456789ab", S("x"));
    p.feed = S("nobody");
    check(push_check(g, &p, NOW) == PUSH_NO_FEED, "the key of nobody opens nothing");
    p = signed_by(S(KEY), NOW, "nonce-0123456789ab", S(""));
    check(push_check(g, &p, NOW) == PUSH_OK, "an empty body may be signed too");
    push_gate_free(g);
    push_gate_free(NULL);
}

/* Any one bit of what is signed, or of the signature. */
static void flipped(void)
{
    struct push_gate *g = gate();
    size_t passed = 0, tried = 0;
    for (int field = 0; field < 4; field++) {
        struct push p = good("nonce-0123456789ab");
        struct span *parts[] = {&p.time, &p.nonce, &p.signature, &p.body};
        struct span kept = arena_keep(a, *parts[field]);
        char *bytes = arena_alloc(a, kept.n);
        *parts[field] = (struct span){bytes, kept.n};
        for (size_t bit = 0; bit < kept.n * 8; bit++) {
            memcpy(bytes, kept.p, kept.n);
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            /* hex is read in both cases: the same signature */
            if (field == 2 && bit % 8 == 5 && kept.p[bit / 8] >= 'a') continue;
            passed += push_check(g, &p, NOW) == PUSH_OK;
            tried++;
        }
        for (size_t n = 0; n < kept.n; n++) {
            memcpy(bytes, kept.p, kept.n);
            parts[field]->n = n;
            passed += push_check(g, &p, NOW) == PUSH_OK;
            tried++;
        }
    }
    check(passed == 0 && tried > 800, "no bit may differ, nothing may be cut off (%zu of %zu)",
        passed, tried);
    struct push p = good("nonce-0123456789ab");
    p.signature = arena_printf(a, "%.*s00", FMT(p.signature));
    check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE, "nor anything be added");
    /* what is between the parts is signed too */
    p = good("nonce-0123456789ab");
    p.body = arena_printf(a, "%.*s\n%.*s", FMT(p.nonce), FMT(p.body));
    check(push_check(g, &p, NOW) != PUSH_OK, "nor move from one part to the next");
    push_gate_free(g);
}

static void stamps(void)
{
    struct push_gate *g = gate();
    static const struct {
        int64_t off_s;
        enum push_end end;
    } rows[] = {{0, PUSH_OK}, {-300, PUSH_OK}, {300, PUSH_OK}, {-301, PUSH_STALE},
        {301, PUSH_STALE}, {-86400, PUSH_STALE}, {86400 * 365, PUSH_STALE}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct push p = signed_by(S(KEY), NOW + rows[i].off_s * 1000, "nonce-0123456789ab", S("x"));
        check(push_check(g, &p, NOW) == rows[i].end, "a stamp of %lld s", (long long)rows[i].off_s);
    }
    struct push p = signed_by(S(KEY), NOW - 300000, "nonce-0123456789ab", S("x"));
    check(push_check(g, &p, NOW + 1) == PUSH_STALE, "a millisecond over the window");
    p = signed_by(
        S("0123456789abcdef0123456789abcdeX"), NOW - 900000, "nonce-0123456789ab", S("x"));
    check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE,
        "who has no key is not told that his stamp is old");
    push_gate_free(g);
}

static void malformed(void)
{
    struct push_gate *g = gate();
    static const char *const times[] = {"x", "-1", "1e9", "1769149800.5", " 1769149800",
        "1769149800 ", "+1769149800", "253402300800", "99999999999999999999", "0x6973"};
    for (size_t i = 0; i < COUNT(times); i++) {
        struct push p = {.feed = S("wire"),
            .time = span_of(times[i]),
            .nonce = S("nonce-0123456789ab"),
            .body = S("x")};
        p.signature = push_sign(a, S(KEY), p.time, p.nonce, p.body);
        enum push_end end = push_check(g, &p, NOW);
        check(end == PUSH_MALFORMED || end == PUSH_STALE, "a stamp “%s” (%s)", times[i],
            push_end_name(end));
    }
    static const char *const nonces[] = {"short", "fifteen-letters", "with a space in it 1",
        "with/a/slash/in/it/1", "with.a.dot.in.it.001", "with\na\nline\nin\nit\n01",
        "mit-umlaut-\xC3\xA4-012345678",
        "sixty-five-letters-0123456789-0123456789-0123456789-0123456789-01"};
    for (size_t i = 0; i < COUNT(nonces); i++) {
        struct push p = signed_by(S(KEY), NOW, nonces[i], S("x"));
        check(push_check(g, &p, NOW) == PUSH_MALFORMED, "a malformed nonce (%zu)", i);
    }
    struct push p = signed_by(S(KEY), NOW, "sixteen-letters_", S("x"));
    check(push_check(g, &p, NOW) == PUSH_OK, "sixteen letters are enough");
    p = signed_by(
        S(KEY), NOW, "sixty-four-letters-0123456789-0123456789-0123456789-0123456789-0", S("x"));
    check(push_check(g, &p, NOW) == PUSH_OK, "sixty-four not too many");
    struct span *fields[] = {&p.time, &p.nonce, &p.signature};
    for (size_t i = 0; i < COUNT(fields); i++) {
        p = good("nonce-0123456789ab");
        *fields[i] = S("");
        check(push_check(g, &p, NOW) == PUSH_UNSIGNED, "without field %zu it is not signed", i);
    }
    static const char *const signatures_[] = {
        "x", "zz", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
    for (size_t i = 0; i < COUNT(signatures_); i++) {
        p = good("nonce-0123456789ab");
        p.signature = span_of(signatures_[i]);
        check(push_check(g, &p, NOW) == PUSH_BAD_SIGNATURE, "a signature “%s”", signatures_[i]);
    }
    push_gate_free(g);
}

static void replays(void)
{
    struct push_gate *g = gate();
    struct push p = good("nonce-0123456789ab");
    check(push_check(g, &p, NOW) == PUSH_OK && push_check(g, &p, NOW) == PUSH_OK,
        "what was not kept may be tried again");
    push_gate_used(g, p.feed, p.nonce, NOW);
    check(push_check(g, &p, NOW) == PUSH_REPLAYED, "what was kept may not");
    check(push_check(g, &p, NOW + PUSH_WINDOW_MS) == PUSH_REPLAYED, "as long as its stamp is good");
    struct push again = signed_by(S(KEY), NOW, "nonce-0123456789ab", S("other words"));
    check(push_check(g, &again, NOW) == PUSH_REPLAYED, "nor with another body");
    again = good("nonce-0123456789aB");
    check(push_check(g, &again, NOW) == PUSH_OK, "another nonce is fine");
    struct push other = p;
    other.feed = S("other");
    other.signature = push_sign(a, S("another-key-of-thirty-two-bytes!"), p.time, p.nonce, p.body);
    check(push_check(g, &other, NOW) == PUSH_OK, "and another feed has its own nonces");

    /* The longest that one push can be good: its stamp five minutes ahead. */
    struct push ahead = signed_by(S(KEY), NOW + PUSH_WINDOW_MS, "ahead-0123456789ab", S("x"));
    check(push_check(g, &ahead, NOW) == PUSH_OK, "a stamp at the window's far edge");
    push_gate_used(g, ahead.feed, ahead.nonce, NOW);
    for (int64_t at = 0; at <= 2 * PUSH_WINDOW_MS; at += 1000)
        if (push_check(g, &ahead, NOW + at) != PUSH_REPLAYED) {
            check(false, "replayed after %lld ms", (long long)at);
            break;
        }
    check(push_check(g, &ahead, NOW + 2 * PUSH_WINDOW_MS) == PUSH_REPLAYED,
        "is a replay until it is stale");
    check(push_check(g, &ahead, NOW + 2 * PUSH_WINDOW_MS + 1) == PUSH_STALE, "and stale then");
    struct push fresh =
        signed_by(S(KEY), NOW + 2 * PUSH_WINDOW_MS + 1000, "ahead-0123456789ab", S("x"));
    check(push_check(g, &fresh, NOW + 2 * PUSH_WINDOW_MS + 1000) == PUSH_OK,
        "a nonce is forgotten when nothing signed with it can be good (the ledger remembers)");
    push_gate_free(g);
}

/* So many that the gate can keep no more: it refuses rather than forgets. */
static void many(void)
{
    enum { MANY = 1 << 16 };
    struct push_gate *g = gate();
    char nonce[32];
    for (int i = 0; i < MANY + 100; i++) {
        snprintf(nonce, sizeof nonce, "nonce-%016d", i);
        push_gate_used(g, S("wire"), span_of(nonce), NOW);
    }
    struct push first = good("nonce-0000000000000000"), p = good("nonce-new-0123456789");
    check(push_check(g, &first, NOW) == PUSH_REPLAYED, "the first is still known");
    check(push_check(g, &p, NOW) == PUSH_FULL, "and no new one is taken: later");
    int64_t later = NOW + 2 * PUSH_WINDOW_MS + 1000;
    p = signed_by(S(KEY), later, "nonce-new-0123456789", S("x"));
    check(push_check(g, &p, later) == PUSH_OK, "until the window has moved");
    push_gate_free(g);
}

static enum result key(const char *path, const char **why)
{
    struct push_gate *g = push_gate_new();
    *why = NULL;
    enum result r = push_gate_key(g, S("wire"), path, why);
    push_gate_free(g);
    return r;
}

static void key_files(void)
{
    const char *why;
    char long_key[1100];
    memset(long_key, 'k', sizeof long_key);
    check(key(arena_printf(a, "%s/none", folder).p, &why) == ERR_ABSENT && why, "no file");
    check(key(folder, &why) != OK && why, "a folder");
    check(
        key(key_file("short", S("0123456789abcdef0123456789abcde\n"), 0600), &why) == ERR_DENIED &&
            why,
        "31 bytes are too short");
    check(key(key_file("blank", S("                                       \n"), 0600), &why) ==
                  ERR_DENIED &&
              why,
        "white space is no key");
    check(key(key_file("empty", S(""), 0600), &why) == ERR_DENIED && why, "nor is nothing");
    check(key(key_file("long", (struct span){long_key, sizeof long_key}, 0600), &why) != OK && why,
        "1,100 bytes are too many");
    static const mode_t open_modes[] = {0640, 0604, 0620, 0610, 0601, 0644, 0666, 0777};
    for (size_t i = 0; i < COUNT(open_modes); i++)
        check(key(key_file("open", S(KEY), open_modes[i]), &why) == ERR_DENIED &&
                  strstr(why, "chmod 600"),
            "a mode of %o is refused, with what to do", (unsigned)open_modes[i]);
    check(key(key_file("fine", S(KEY), 0400), &why) == OK, "one that may only be read is fine");
    const char *to_open = arena_printf(a, "%s/to-open", folder).p,
               *to_fine = arena_printf(a, "%s/to-fine", folder).p,
               *to_none = arena_printf(a, "%s/to-none", folder).p;
    must(symlink("open", to_open) == 0 && symlink("fine", to_fine) == 0 &&
         symlink("gone", to_none) == 0);
    check(key(to_open, &why) == ERR_DENIED, "a link is as good as what it leads to: refused");
    check(key(to_fine, &why) == OK, "or taken");
    check(key(to_none, &why) == ERR_ABSENT && why, "or nothing");

    struct push_gate *g = push_gate_new();
    char name[32];
    enum result r = OK;
    int taken = 0;
    for (; r == OK && taken < 1000; taken++) {
        snprintf(name, sizeof name, "feed-%d", taken);
        r = push_gate_key(g, span_of(name), to_fine, &why);
    }
    check(r == ERR_FULL && taken == 65, "64 feeds, and the next is told (%d)", taken);
    push_gate_free(g);
    g = push_gate_new();
    char long_name[200];
    memset(long_name, 'n', sizeof long_name);
    check(push_gate_key(g, (struct span){long_name, 200}, to_fine, &why) == ERR_FULL,
        "a name of 200 letters is too long");
    push_gate_free(g);
}

int main(void)
{
    a = arena_new(64 << 20);
    must(mkdtemp(folder) != NULL);
    signatures();
    flipped();
    stamps();
    malformed();
    replays();
    many();
    key_files();
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
