/* house: one data directory: its folders, its version, its lock, its clock; and the configuration
 * in force. Never parses anything from outside. Errors are sentences with the next step. */
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HOUSE_ARENA = 256 << 20,
    BOOK_ARENA = 128 << 20, /* a configuration with its pages, and a theme's files */
    TRY_ARENA = 128 << 20,
    CONFIG_FILE_MAX = 4 << 20,
};

enum { LOCK_WAIT_MS = 2000, LOCK_LOOK_US = 20000 };

static const char *below(struct house *h, const char *name)
{
    return arena_printf(h->arena, "%s/%s", h->data, name).p;
}

static void paths(struct house *h, const char *data)
{
    memset(h, 0, sizeof *h);
    h->arena = arena_new(HOUSE_ARENA);
    h->data = arena_cstr(h->arena, span_of(data));
    h->store = below(h, "store");
    h->run = below(h, "run");
    h->pictures = below(h, "pictures");
    h->receipts = below(h, "receipts");
    h->lock_fd = -1;
    h->virtual_ms = -1;
}

static struct span say(struct house *h, const char *what, enum result r)
{
    return arena_printf(h->arena, "%s: %s%s%s", h->data, what, r == ERR_IO ? ": " : "",
        r == ERR_IO ? strerror(errno) : "");
}

/* DATA/version: one number. Written once; refused when it is higher than this program's. */
static enum result version_check(struct house *h, struct span *why)
{
    const char *file = below(h, "version");
    struct span text;
    enum result r = file_read(h->arena, file, 64, &text);
    if (r == ERR_ABSENT) {
        r = file_write_durable(file, arena_printf(h->arena, "%d\n", HOUSE_VERSION));
        if (r != OK) *why = say(h, "cannot be written", r);
        return r;
    }
    uint64_t version = 0;
    if (r != OK || !span_to_u64(span_trim(text), &version)) {
        *why = arena_printf(h->arena,
            "%s does not hold a version number: is %s a Broadsheet data directory?", file, h->data);
        return ERR_CORRUPT;
    }
    if (version > HOUSE_VERSION) {
        *why = arena_printf(h->arena,
            "%s was written by a newer Broadsheet (data version %llu; this program knows %d): "
            "install that version, or restore a backup made by this one",
            h->data, (unsigned long long)version, HOUSE_VERSION);
        return ERR_NEWER;
    }
    return OK;
}

/* It would go on otherwise than the site that it follows. */
static enum result refuse_spare(struct house *h, struct span *why)
{
    if (access(below(h, HOUSE_SPARE), F_OK) != 0) return OK;
    *why = arena_printf(h->arena,
        "%s is a spare: it follows a site, and nothing else may be done with it; "
        "`broadsheet promote --data %s` makes it the site, once the old one is off",
        h->data, h->data);
    return ERR_DENIED;
}

static enum result make_folders(struct house *h, struct span *why)
{
    const char *folders[] = {h->data, h->store, h->run, h->pictures, h->receipts};
    for (size_t i = 0; i < COUNT(folders); i++) {
        enum result r = dir_make(folders[i]);
        if (r == OK) continue;
        *why = arena_printf(h->arena,
            "%s cannot be made: %s; give a folder that this user may write with --data", folders[i],
            strerror(errno));
        return r;
    }
    return OK;
}

/* Opens ledger and tombstones once, so that what is wrong is said before anything is started. */
static enum result look_inside(struct house *h, struct span *why)
{
    struct ledger *l = NULL;
    const char *text = NULL;
    enum result r = ledger_open(h->data, "master", true, &l, &text);
    if (r != OK) {
        *why = arena_printf(h->arena, "%s: %s", h->data, text ? text : result_name(r));
        return r;
    }
    (void)ledger_keep_ballast(l); /* there before fences name it, be it empty */
    ledger_close(l);
    struct tombs *t = NULL;
    r = tombs_open(h->data, true, &t);
    if (r != OK) {
        *why = say(h,
            "the tombstones file cannot be opened; restore it from a backup (broadsheet restore)",
            r);
        return r;
    }
    tombs_close(t);
    struct sign_key key;
    r = receipt_key(h->arena, h->data, true, &key);
    if (r != OK) *why = say(h, "the key of receipts (keys/receipt.key) cannot be read or made", r);
    sign_key_wipe(&key);
    return r;
}

static enum result lock(struct house *h, struct span *why)
{
    /* The writers of a house that was killed hold it until the system has taken them apart. */
    int64_t until_us = clock_mono_us() + LOCK_WAIT_MS * 1000LL;
    enum result r = dir_lock(h->data, &h->lock_fd);
    while (r == ERR_BUSY && clock_mono_us() < until_us) {
        usleep(LOCK_LOOK_US);
        r = dir_lock(h->data, &h->lock_fd);
    }
    if (r == ERR_BUSY)
        *why = arena_printf(h->arena,
            "%s is in use by another Broadsheet (its process id is in %s/pid): stop that one, or "
            "give another --data",
            h->data, h->run);
    else if (r != OK)
        *why = say(h, "cannot be locked", r);
    return r;
}

enum result house_open(struct house *h, const char *data, int64_t virtual_ms, struct span *why)
{
    paths(h, data);
    h->virtual_ms = virtual_ms;
    h->memory_limit = memory_limit();
    enum result r = refuse_spare(h, why);
    if (r == OK) r = make_folders(h, why);
    if (r == OK) r = lock(h, why);
    if (r == OK) r = version_check(h, why);
    if (r == OK) {
        r = clock_open(below(h, "run/clock"), virtual_ms);
        if (r != OK) *why = say(h, "the clock page cannot be made", r);
    }
    if (r == OK) {
        r = metrics_share();
        if (r != OK) *why = S("no shared memory for metrics");
    }
    if (r == OK) r = look_inside(h, why);
    if (r == OK) clock_slot_set(SLOT_UNCONFIRMED, access(below(h, "unconfirmed"), F_OK) == 0);
    return r;
}

enum result house_visit(struct house *h, const char *data, struct span *why)
{
    paths(h, data);
    if (access(below(h, "version"), F_OK) != 0) {
        *why = arena_printf(h->arena,
            "%s is not a Broadsheet data directory (no file “version” in it): give the folder that "
            "serve was given with --data",
            data);
        return ERR_ABSENT;
    }
    enum result r = refuse_spare(h, why);
    if (r == OK) r = version_check(h, why);
    if (r == OK && access(below(h, "run/clock"), F_OK) == 0) {
        r = clock_open(below(h, "run/clock"), -1);
        if (r != OK) *why = say(h, "the clock page cannot be read", r);
    }
    return r;
}

/* ---- the configuration ---- */
struct house_book { /* stands in its own arena */
    struct house_book *next;
    struct arena *arena;
};

static struct arena *book_open(struct house *h)
{
    struct arena *a = arena_new(BOOK_ARENA);
    struct house_book *b = ARENA_NEW(a, struct house_book);
    *b = (struct house_book){h->books, a};
    h->books = b;
    return a;
}

static void book_close(struct house *h)
{
    struct house_book *b = h->books;
    h->books = b->next;
    arena_free(b->arena);
}

void house_close(struct house *h)
{
    if (h->lock_fd >= 0) close(h->lock_fd);
    h->lock_fd = -1;
    while (h->books) book_close(h);
    arena_free(h->arena);
    h->arena = NULL;
}

static void print_mistakes(const struct config_report *report, struct buf *said)
{
    for (size_t i = 0; i < report->count; i++) {
        config_mistake_print(&report->list[i], said);
        buf_char(said, '\n');
    }
}

static bool configure(struct house *h, struct arena *a, struct buf *said)
{
    struct config_report report = {0};
    h->config_bytes = h->theme = h->public_files = S("");
    if (h->config_path) {
        h->config = config_load(a, h->config_path, &report);
        print_mistakes(&report, said);
        if (!h->config) return false;
    } else {
        h->config = config_default(a, h->wire_folder);
    }
    if (h->wire_folder.n && h->config->feed_count) h->config->feeds[0].folder = h->wire_folder;
    if (h->theme_folder.n) h->config->theme = h->theme_folder;
    return house_try(a, h->config, &h->theme, said) &&
           public_read(a, h->config, h->config_path, &h->public_files, said) &&
           (!h->config_path ||
               file_read(a, h->config_path, CONFIG_FILE_MAX, &h->config_bytes) == OK);
}

bool house_configure(struct house *h, const char *config_path, struct span wire_folder)
{
    struct house before = *h;
    struct buf said;
    buf_init(&said, NULL, 0);
    h->config_path = config_path;
    h->wire_folder = wire_folder;
    bool good = configure(h, book_open(h), &said);
    if (said.n) fprintf(stderr, "%.*s", (int)said.n, said.p);
    if (!good) {
        book_close(h);
        *h = before;
    }
    snprintf(h->said, sizeof h->said, "%.*s", (int)said.n, said.n ? said.p : "");
    buf_free(&said);
    return good;
}

static bool has_own_url(const struct config *c)
{
    return c->url.n && !span_eq(c->url, S("http://127.0.0.1:8080"));
}

/* What the store has applied, and its position; a store that is not there has applied nothing. */
static uint64_t stored_config(struct house *h, struct arena *a, struct span *json)
{
    struct store *s = NULL;
    const char *why;
    if (store_look(h->store, &s, &why) != OK) return 0;
    uint64_t position = store_position(s);
    if (store_text(s, "config", a, json) != OK) position = 0;
    store_close(s);
    return position;
}

/* The editorial configuration that the ledger holds last, and where the ledger ends. Empty: none,
 * or it cannot be read: then the file counts, as at a first start. */
static struct span last_in_ledger(struct house *h, struct arena *a, uint64_t *head_out)
{
    struct ledger *l = NULL;
    struct event e;
    struct span json = S("");
    const char *why;
    if (ledger_open(h->data, "look", false, &l, &why) != OK) return S("");
    uint64_t from = stored_config(h, a, &json);
    enum result r = ledger_head(l, head_out);
    while (r == OK && (r = ledger_next(l, EVENT_CONFIG, from, *head_out, &from)) == OK)
        if (ledger_event(l, from, &e, a) != OK || ledger_blob(l, &e.blob, &json, a) != OK)
            json = S("");
    ledger_close(l);
    return r == ERR_ABSENT ? json : S("");
}

void house_keep_in_force(struct house *h)
{
    struct arena *a = h->books->arena;
    uint64_t head = 0;
    struct span json = h->config_path ? last_in_ledger(h, a, &head) : S("");
    struct config *c = json.n ? config_with_editorial(a, h->config, json, NULL) : NULL;
    if (!c) return;
    if (!has_own_url(h->config)) c->url = h->config->url; /* that of the door at the last start */
    if (span_eq(config_editorial(a, c), config_editorial(a, h->config))) return;
    h->config = c;
    h->weighs_at = head;
    log_info("the site file is not the configuration in force: what it would change is counted "
             "first, as at a reload");
}

bool house_renew(struct house *h, struct house *next)
{
    *next = *h;
    bool good = house_configure(next, h->config_path, h->wire_folder);
    h->books = next->books;
    return good;
}

void house_take(struct house *h, const struct house *next)
{
    *h = *next;
}

void house_leave(struct house *h)
{
    book_close(h);
}

void house_forget(struct house *h)
{
    struct house_book *now = h->books;
    if (h->one) return; /* the roles are threads, and may be looking at it */
    h->books = now->next;
    while (h->books) book_close(h);
    now->next = NULL;
    h->books = now;
}

/* ---- what a configuration names ---- */
static bool try_theme(
    struct arena *keep, const struct config *c, struct span *theme, struct buf *said)
{
    struct arena *a = arena_new(TRY_ARENA);
    struct press *p = NULL;
    struct span why = S("");
    bool good =
        !c->theme.n || (press_theme_read(keep, arena_cstr(a, c->theme), theme, &why) == OK &&
                           press_open_pack(a, press_site_of(a, c), *theme, &p, &why) == OK);
    if (!good) buf_printf(said, "%.*s\n", FMT(why));
    arena_free(a);
    return good;
}

static bool try_tls(const struct config *c, struct buf *said)
{
    struct arena *a = arena_new(TRY_ARENA);
    const char *why = NULL, *cert = arena_cstr(a, c->tls_cert), *key = arena_cstr(a, c->tls_key);
    struct net_pem pem = {0};
    struct stat st;
    bool good = !c->tls_cert.n ||
                (net_pem_read(a, cert, key, &pem, &why) == OK && net_tls_try(&pem, &why) == OK);
    if (!good)
        buf_printf(said, "%s\n", why);
    else if (c->tls_cert.n && stat(key, &st) == 0 && (st.st_mode & S_IROTH))
        buf_printf(said,
            "warning: everybody on this machine may read the private key: chmod 640 %s\n", key);
    net_pem_wipe(&pem);
    arena_free(a);
    return good;
}

bool house_try(struct arena *a, const struct config *c, struct span *theme_out, struct buf *said)
{
    *theme_out = S("");
    bool theme = try_theme(a, c, theme_out, said), tls = try_tls(c, said);
    return theme && tls;
}

void house_own_url(const struct house *h, struct config *c)
{
    if (!has_own_url(c) && h->address[0] && !span_starts(span_of(h->address), S("unix:")))
        c->url = span_of(h->address);
}

bool house_is_dead(story_id id, void *tombs)
{
    return clock_slot_get(SLOT_UNCONFIRMED) || tombs_dead(tombs, id);
}

uint64_t house_tomb_count(void *tombs)
{
    return tombs_count(tombs) + clock_slot_get(SLOT_UNCONFIRMED);
}
