/* quarantine: `broadsheet quarantine …`: what could not be read: listed, shown with its place, read
 * again by this program, or taken off the list. Looks beside a running site; what it changes are
 * acts in the ledger. Owns its exit codes: 65 something still cannot be read, 66 nothing has this
 * id. */
#include "quarantine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    IDS_MAX = 1000,        /* on one command line */
    RETRY_WAIT_MS = 60000, /* a reader that ends on it twice takes 19 s */
};

struct seeing {
    const char *data, *reason;
    bool json, raw;
    const char *words[IDS_MAX + 1];
    size_t count;
    struct house house;
    struct store *store;
    struct ledger *ledger;
};

static int complain(const char *what, enum result r)
{
    fprintf(stderr, "broadsheet quarantine: %s: %s\n", what, result_name(r));
    return exit_code(r);
}

static int not_there(const char *id)
{
    fprintf(
        stderr, "broadsheet quarantine: nothing has the id %s: `quarantine list` names them\n", id);
    return EX_NOINPUT;
}

static void print(const struct buf *b)
{
    if (write_all(STDOUT_FILENO, b->p, b->n) != OK) exit(EX_IOERR);
}

/* Looked at anew each time: a running site goes on. */
static enum result rows_of(
    struct seeing *s, const char *id, struct quarantined **out, size_t *count_out)
{
    const char *why = NULL;
    uint64_t pos;
    uint32_t number;
    struct arena *a = s->house.arena;
    *count_out = 0;
    if (id && !unread_id_read(span_of(id), &pos, &number)) return OK;
    if (s->store) store_close(s->store);
    s->store = NULL;
    TRY(store_look(s->house.store, &s->store, &why));
    return id ? store_quarantine_of(s->store, pos, number, a, out, count_out)
              : store_quarantine(s->store, a, out, count_out);
}

static void came_at(struct seeing *s, uint64_t pos, struct event *e, char at[25])
{
    at[0] = '\0';
    if (ledger_event(s->ledger, pos, e, s->house.arena) == OK) utc_text(e->received_ms, at);
}

/* ---- list ---- */
static void put_json(struct seeing *s, struct json_out *o, const struct quarantined *q)
{
    struct event e;
    char at[25];
    came_at(s, q->pos, &e, at);
    json_open(o, NULL, '{');
    json_string(o, "id", unread_id(s->house.arena, q->pos, q->number));
    json_number(o, "event", (int64_t)q->pos);
    if (q->number != UNREAD_WHOLE) json_number(o, "item", (int64_t)q->number + 1);
    json_string(o, "feed", q->feed);
    json_string(o, "name", q->name);
    json_string(o, "at", span_of(at));
    json_number(o, "line", q->line);
    json_number(o, "column", q->column);
    json_string(o, "why", q->why);
    json_close(o, '}');
}

static void put_line(struct seeing *s, struct buf *b, const struct quarantined *q)
{
    struct event e;
    char at[25];
    came_at(s, q->pos, &e, at);
    buf_printf(b, "%.*s  %s  ", FMT(unread_id(s->house.arena, q->pos, q->number)), at);
    put_for_terminal(b, q->feed);
    buf_lit(b, "  ");
    put_unread(b, q);
    buf_char(b, '\n');
}

static int list(struct seeing *s)
{
    struct quarantined *rows;
    size_t count;
    struct buf b;
    buf_init(&b, s->house.arena, 0);
    struct json_out o = {.b = &b};
    enum result r = rows_of(s, NULL, &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    if (s->json) json_open(&o, NULL, '{');
    if (s->json) json_open(&o, "quarantine", '[');
    for (size_t i = 0; i < count; i++)
        if (s->json)
            put_json(s, &o, &rows[i]);
        else
            put_line(s, &b, &rows[i]);
    if (s->json) json_close(&o, ']');
    if (s->json) json_close(&o, '}');
    if (s->json) buf_char(&b, '\n');
    print(&b);
    return EX_OK;
}

/* ---- show ---- */
static struct wire_hint hint_of(struct arena *a, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(a, e->meta, &bad);
    return (struct wire_hint){.charset = meta ? json_text(meta, "charset") : S("")};
}

/* As the reader counted it: in UTF-8, without its mark. */
static struct span as_text(struct arena *a, const struct event *e, struct span bytes)
{
    struct span text = bytes, label = hint_of(a, e).charset;
    charset_prepare();
    if (!label.n) label = charset_sniff(bytes);
    if (label.n && !charset_to_utf8(a, bytes, label, &text)) text = bytes;
    return span_starts(text, S("\xEF\xBB\xBF")) ? span_cut(text, 3, text.n) : text;
}

static int print_raw(struct span bytes)
{
    if (isatty(STDOUT_FILENO))
        return usage_error("quarantine", "--raw is not for a terminal: send it to a file");
    return write_all(STDOUT_FILENO, bytes.p, bytes.n) == OK ? EX_OK : EX_IOERR;
}

static int show(struct seeing *s)
{
    struct quarantined *rows;
    size_t count;
    struct event e;
    struct span bytes;
    struct buf b;
    struct arena *a = s->house.arena;
    enum result r = rows_of(s, s->words[1], &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    if (!count) return not_there(s->words[1]);
    r = ledger_event(s->ledger, rows[0].pos, &e, a);
    if (r == OK) r = ledger_blob(s->ledger, &e.blob, &bytes, a);
    if (r != OK) return complain("its bytes cannot be had", r);
    if (s->raw) return print_raw(bytes);
    struct span text = as_text(a, &e, bytes);
    buf_init(&b, a, 0);
    for (size_t i = 0; i < count && i < 100; i++) {
        put_line(s, &b, &rows[i]);
        put_place(&b, text, rows[i].line, rows[i].column);
    }
    if (count > 100) buf_printf(&b, "and %zu more of this delivery\n", count - 100);
    print(&b);
    return EX_OK;
}

/* ---- acts ---- */
static bool perform(struct seeing *s, enum act_kind kind, const char *id)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    struct act act = {.kind = kind,
        .target = span_of(id),
        .text = span_of(s->reason),
        .by = span_of(user ? user : "operator"),
        .via = S("cli")};
    uint64_t pos;
    const char *why;
    if (act_check(&act, DESK_CHIEF, &why)) return act_perform(&s->house, &act, RETRY_WAIT_MS, &pos);
    fprintf(stderr, "broadsheet quarantine: %s\n", why);
    return false;
}

/* No site runs that could do it: what it will find at its start is found here first. */
static int try_here(struct seeing *s, const struct quarantined *q)
{
    struct event e;
    struct span bytes;
    struct wire_result read;
    struct arena *a = s->house.arena;
    if (ledger_event(s->ledger, q->pos, &e, a) != OK ||
        ledger_blob(s->ledger, &e.blob, &bytes, a) != OK)
        return EX_OK;
    struct wire_hint hint = hint_of(a, &e);
    bool whole = q->number == UNREAD_WHOLE;
    bool reads = read_in_cage(a, bytes, &hint, &read) == OK && read.end == WIRE_STORIES &&
                 (whole || (q->number < read.count && read.items[q->number].story));
    printf("%.*s: %s\n", FMT(unread_id(a, q->pos, q->number)),
        reads ? "this program reads it" : "still cannot be read");
    return reads ? EX_OK : EX_DATAERR;
}

static int tell_left(struct seeing *s, const char *id)
{
    struct quarantined *rows;
    size_t count;
    struct buf b;
    buf_init(&b, s->house.arena, 0);
    enum result r = rows_of(s, id, &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    if (!count) buf_printf(&b, "%s: read; it is published by the usual rules\n", id);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&b, "%.*s: still cannot be read: ",
            FMT(unread_id(s->house.arena, rows[i].pos, rows[i].number)));
        put_unread(&b, &rows[i]);
        buf_char(&b, '\n');
    }
    print(&b);
    return count ? EX_DATAERR : EX_OK;
}

static int retry_one(struct seeing *s, const char *id)
{
    struct quarantined *rows;
    size_t count;
    int worst = EX_OK;
    enum result r = rows_of(s, id, &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    if (!count) return not_there(id);
    bool runs = house_pid(&s->house) != 0;
    if (!perform(s, ACT_RETRY, id)) return EX_TEMPFAIL;
    if (runs) return tell_left(s, id);
    for (size_t i = 0; i < count; i++) {
        int code = try_here(s, &rows[i]);
        if (code > worst) worst = code;
    }
    return worst;
}

static int drop_one(struct seeing *s, const char *id)
{
    struct quarantined *rows;
    size_t count;
    enum result r = rows_of(s, id, &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    if (!count) return not_there(id);
    if (!perform(s, ACT_DROP, id)) return EX_TEMPFAIL;
    printf("%s: off the list; its bytes stay in the ledger\n", id);
    return EX_OK;
}

/* Each delivery once, oldest first, as they came. */
static int each_delivery(struct seeing *s, int (*one)(struct seeing *s, const char *id))
{
    struct quarantined *rows;
    size_t count;
    int worst = EX_OK;
    enum result r = rows_of(s, NULL, &rows, &count);
    if (r != OK) return complain("the store cannot be read", r);
    for (size_t i = count; i-- > 0;) {
        if (i + 1 < count && rows[i].pos == rows[i + 1].pos) continue;
        int code = one(s, unread_id(s->house.arena, rows[i].pos, UNREAD_WHOLE).p);
        if (code > worst) worst = code;
    }
    if (!count) printf("nothing lies in quarantine\n");
    return worst;
}

static int each(struct seeing *s, int (*one)(struct seeing *s, const char *id))
{
    int worst = EX_OK;
    if (s->count == 2 && span_eq(span_of(s->words[1]), S("all"))) return each_delivery(s, one);
    for (size_t i = 1; i < s->count; i++) {
        int code = one(s, s->words[i]);
        if (code > worst) worst = code;
    }
    return worst;
}

static int retry(struct seeing *s)
{
    return each(s, retry_one);
}

static int drop(struct seeing *s)
{
    return each(s, drop_one);
}

/* ---- the table ---- */
static const struct {
    const char *verb;
    size_t least, most; /* words, itself among them */
    int (*run)(struct seeing *s);
} table[] = {
    {"list", 1, 1, list},
    {"show", 2, 2, show},
    {"retry", 2, IDS_MAX + 1, retry},
    {"drop", 2, IDS_MAX + 1, drop},
};

static int run(struct seeing *s, size_t verb)
{
    const char *why = NULL;
    int code = house_visit_or_say(&s->house, s->data);
    if (code != EX_OK) return code;
    enum result r = ledger_look(s->house.data, &s->ledger, &why);
    code = r == OK ? table[verb].run(s) : complain(why ? why : "the ledger", r);
    if (s->store) store_close(s->store);
    if (s->ledger) ledger_close(s->ledger);
    return code;
}

int command_quarantine(int argc, char **argv)
{
    struct seeing s = {0};
    const struct option_row rows[] = {{"--data", &s.data, NULL, true}, {"--reason", &s.reason},
        {"--json", NULL, &s.json}, {"--raw", NULL, &s.raw}};
    if (!options_read(argc, argv, rows, COUNT(rows), s.words, COUNT(s.words), &s.count))
        return EX_USAGE;
    size_t i = 0;
    while (i < COUNT(table) && !(s.count && span_eq(span_of(s.words[0]), span_of(table[i].verb))))
        i++;
    if (i == COUNT(table)) return usage_error("quarantine", "what? list, show, retry or drop");
    if (s.count < table[i].least)
        return usage_error("quarantine", "which? give an id that `quarantine list` names");
    if (s.count > table[i].most) return usage_error("quarantine", "one word too many");
    int code = run(&s, i);
    house_close(&s.house);
    return code;
}
