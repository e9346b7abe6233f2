/* init_file: the site file that a new site begins with: packaging/site.yaml, whose lines that begin
 * a row of the table get an answer; their comments, and all other lines, stay. One file teaches,
 * whoever writes it. */
#include "init.h"
#include "site_table.h"

enum { COMMENT_COLUMN = 32 };

struct place {
    const char *from, *to; /* how its line begins, and how it begins with the answer */
    size_t at;             /* of the answer in init_answers */
    bool is_bare;          /* ready as it is: no quotes, and nothing behind it stays */
};
#define AT(field) offsetof(struct init_answers, field)
/* In the order of the file: a row's line is the first behind that of the row before. */
static const struct place places[] = {
    {"  name: ", "  name: ", AT(name), false},
    {"  # url: ", "  url: ", AT(url), false},
    {"  language: ", "  language: ", AT(language), false},
    {"  timezone: ", "  timezone: ", AT(timezone), false},
    {"  wire:", "  ", AT(feed), true},
    {"    provider: ", "    provider: ", AT(agency), false},
    {"    folder: ", "    folder: ", AT(folder), false},
    {"# alarms:", "alarms:", AT(mail), true},
    {"#   mail: ", "  mail: ", AT(mail), true},
};

static struct span answer_of(const struct init_answers *w, const struct place *p)
{
    return *(const struct span *)(const void *)((const char *)w + p->at);
}

/* JSON's strings are YAML's as well. */
static struct span quoted(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_char(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') buf_char(&b, '\\');
        buf_char(&b, s.p[i]);
    }
    buf_char(&b, '"');
    return buf_span(&b);
}

static bool is_plain(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '_' ||
                    (i && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
        if (!good) return false;
    }
    return s.n > 0 && !span_eq_nocase(s, S("no")) && !span_eq_nocase(s, S("yes"));
}

static struct span mail_row(struct arena *a, const struct init_answers *w)
{
    struct span server = w->mail_server.n ? w->mail_server : S("smtp://127.0.0.1:25"),
                to = quoted(a, w->mail);
    return arena_printf(
        a, "{server: %.*s, from: %.*s, to: [%.*s]}", FMT(quoted(a, server)), FMT(to), FMT(to));
}

static struct span value_of(struct arena *a, const struct init_answers *w, const struct place *p)
{
    struct span s = answer_of(w, p);
    if (p->at == AT(feed)) return arena_printf(a, "%.*s:", FMT(s));
    if (p->at == AT(mail)) return span_eq(span_of(p->to), S("alarms:")) ? S("") : mail_row(a, w);
    return is_plain(s) ? s : quoted(a, s);
}

static void put_filled(struct buf *b, const struct place *p, struct span value, struct span line)
{
    size_t start = b->n;
    ptrdiff_t comment = p->is_bare ? -1 : span_find(line, S("  # "));
    buf_str(b, p->to);
    buf_put(b, value);
    if (comment > 0) {
        do buf_char(b, ' ');
        while (b->n - start < COMMENT_COLUMN);
        buf_put(b, span_cut(line, (size_t)comment + 2, line.n));
    }
    buf_char(b, '\n');
}

struct span init_file(struct arena *a, const struct init_answers *w, struct span pages)
{
    struct span rest = site_table[0].bytes, line;
    const struct place *p = places, *end = places + COUNT(places);
    struct buf b;
    buf_init(&b, a, 0);
    while (rest.n && span_next(&rest, '\n', &line)) {
        bool is_here = p < end && span_starts(line, span_of(p->from));
        if (is_here && answer_of(w, p).n)
            put_filled(&b, p, value_of(a, w, p), line);
        else
            buf_printf(&b, "%.*s\n", FMT(line));
        p += is_here;
    }
    must(p == end); /* a row that the file has no line for */
    if (pages.n) buf_printf(&b, "\n%.*s", FMT(pages));
    return buf_span(&b);
}

bool init_is_untouched(struct span bytes)
{
    return span_eq(bytes, site_table[0].bytes);
}
