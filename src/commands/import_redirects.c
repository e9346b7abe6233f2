/* import_redirects: a table written by hand: `old,new` a line. It stands above what an export said
 * of the same address; of two lines for one address the later one counts. All or nothing. */
#include "import.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

enum { TABLE_MAX = 64 << 20, CELLS = 2 };

/* One cell of RFC 4180: quoted or not; moves *rest behind its comma. false: a quote is not closed.
 */
static bool take_cell(struct arena *a, struct span *rest, struct span *out)
{
    if (!span_starts(*rest, S("\""))) {
        *out = S("");
        struct span cell;
        if (rest->n && span_next(rest, ',', &cell)) *out = span_trim(cell);
        return true;
    }
    struct buf b;
    buf_init(&b, a, 0);
    size_t i = 1;
    for (; i < rest->n; i++) {
        if (rest->p[i] == '"' && i + 1 < rest->n && rest->p[i + 1] == '"')
            i++;
        else if (rest->p[i] == '"')
            break;
        buf_char(&b, rest->p[i]);
    }
    if (i == rest->n) return false;
    *out = span_trim(buf_span(&b));
    *rest = span_cut(*rest, i + 1, rest->n);
    if (rest->n && rest->p[0] != ',') return false;
    *rest = span_cut(*rest, 1, rest->n);
    return true;
}

struct row {
    struct span old, to;
    enum address_leads leads;
    story_id story;
};

/* A path below base, decoded, and a query as it is written; a part of a page ("#x") is not said. */
static bool read_path(struct arena *a, struct span to, struct span *out)
{
    struct span path = to, query = S("");
    ptrdiff_t at = span_find_char(to, '#');
    if (at >= 0) path = span_cut(to, 0, (size_t)at);
    at = span_find_char(path, '?');
    if (at >= 0) query = span_cut(path, (size_t)at, path.n);
    path = span_cut(path, 0, path.n - query.n);
    if (!url_clean_path(a, path, &path) || span_find_char(path, '?') >= 0) return false;
    *out = arena_printf(a, "%.*s%.*s", FMT(path), FMT(query));
    return true;
}

static const char *read_target(struct arena *a, struct span to, struct row *out)
{
    struct url u;
    out->to = to;
    out->leads = ADDRESS_PATH;
    if (span_eq_nocase(to, S("gone"))) return out->leads = ADDRESS_GONE, NULL;
    if (story_id_in(to, &out->story)) return out->leads = ADDRESS_STORY, NULL;
    if (span_starts(to, S("/")) && !span_starts(to, S("//")) && read_path(a, to, &out->to))
        return NULL;
    return url_parse(a, to, &u) ? NULL : "the new address is no path, no URL, no story, not “gone”";
}

static const char *read_row(struct arena *a, struct span line, struct row *out)
{
    struct span old, to, key;
    if (!take_cell(a, &line, &old) || !take_cell(a, &line, &to))
        return "a quotation mark is not closed";
    if (span_trim(line).n) return "there are more than two columns";
    if (!old.n) return "the old address is missing";
    if (!to.n) return "the new address is missing: a path, a URL, a story, or “gone”";
    if (!address_key(a, old, &key)) return "the old address is no path and no URL";
    const char *why = read_target(a, to, out);
    out->old = old;
    if (!why && out->leads == ADDRESS_PATH && address_key(a, out->to, &out->to) &&
        span_eq(out->to, key))
        return "it leads to itself";
    if (!why && out->leads == ADDRESS_PATH) return read_target(a, to, out);
    return why;
}

/* Every mistake is said, with its line; only a table without any is taken. */
static size_t read_table(
    struct arena *a, const char *file, struct span bytes, struct row **out, size_t *count)
{
    struct span line, rest = bytes;
    size_t wrong = 0, cap = 0;
    uint32_t number = 0;
    *out = NULL;
    *count = 0;
    while (rest.n && span_next(&rest, '\n', &line)) {
        number++;
        line = span_trim(line);
        if (number == 1 && span_starts(line, S("\xEF\xBB\xBF"))) line = span_cut(line, 3, line.n);
        bool head = number == 1 && span_eq_nocase(line, S("old,new"));
        if (!line.n || line.p[0] == '#' || head) continue;
        struct row row = {0};
        const char *why = utf8_valid(line) ? read_row(a, line, &row) : "the line is not UTF-8";
        if (why) fprintf(stderr, "%s:%u: %s\n", file, number, why);
        wrong += why != NULL;
        if (!why) *ARENA_PUSH(a, *out, *count, cap) = row;
    }
    return wrong;
}

/* Is it so already, as far as the house has come? */
static bool is_said(struct import *m, struct reader *r, const struct row *row)
{
    struct old_address old;
    struct span key;
    if (!r || !address_key(m->post_arena, row->old, &key) ||
        reader_old(r, key, m->post_arena, &old) != OK)
        return false;
    if (row->leads == ADDRESS_GONE) return old.gone;
    if (row->leads == ADDRESS_STORY) return old.story == row->story;
    return !old.story && !old.gone && span_eq(old.target, row->to);
}

static enum result add_row(struct import *m, const struct row *row)
{
    struct span meta = address_meta(m->post_arena, &row->old, 1, row->leads, row->story, row->to);
    /* Without a name: an address may be changed, and changed back. */
    return import_add(m, &(struct append){.kind = EVENT_ADDRESS, .feed = S(""), .meta = meta});
}

static enum result take_table(
    struct import *m, struct reader *r, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        arena_reset(m->post_arena);
        if (!is_said(m, r, &rows[i])) TRY(add_row(m, &rows[i]));
    }
    return import_flush(m);
}

/* Beside a running house, of what it has applied; without a store nothing is said yet. */
static enum result take_what_is_new(struct import *m, const struct row *rows, size_t count)
{
    struct reader *r = NULL;
    struct reader_hooks none = {0};
    if (reader_open(m->house.store, none, &r) != OK) r = NULL;
    bool begun = r && reader_begin(r, clock_now_ms()) == OK;
    enum result end = take_table(m, begun ? r : NULL, rows, count);
    if (begun) reader_end(r);
    if (r) reader_close(r);
    return end;
}

static int run(struct import *m)
{
    struct span bytes;
    struct row *rows;
    size_t count;
    enum result r = file_read(m->lists_arena, m->file, TABLE_MAX, &bytes);
    if (r != OK) {
        fprintf(stderr, "broadsheet import: %s: %s\n", m->file,
            r == ERR_FULL ? "larger than a table may be" : strerror(errno));
        return EX_NOINPUT;
    }
    if (read_table(m->lists_arena, m->file, bytes, &rows, &count)) {
        fprintf(stderr, "broadsheet import: nothing was taken of this table\n");
        return EX_DATAERR;
    }
    r = take_what_is_new(m, rows, count);
    if (r == OK) printf("%zu addresses, %zu of them new\n", count, m->added);
    if (r != OK) fprintf(stderr, "broadsheet import: %s\n", result_name(r));
    return exit_code(r);
}

int import_redirects(const struct import_words *w)
{
    static struct import m; /* its batch is too large for a stack */
    m = (struct import){.file = w->file};
    int code = import_open(&m, w->data);
    if (code == EX_OK) code = run(&m);
    import_close(&m);
    return code;
}
