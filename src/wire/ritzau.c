/* ritzau.c: Ritzau's own XML (RBNews), alone or in the answer of its queue, to stories. Owns its
 * clock: times have no zone and are Copenhagen's, for the format has one sender. Never fatal. */
#include "reader.h"

/* ---- time ---- */

/* The last Sunday of the month, 01:00 UTC: summer time begins in March, ends in October
 * (Directive 2000/84/EC). */
static int64_t turn_ms(int year, int month)
{
    struct civil c = {.year = year, .month = month, .day = 31, .hour = 1};
    int64_t ms = civil_to_ms(c);
    return ms - (int64_t)civil_of(ms).weekday * 86400000;
}

static struct when copenhagen(struct when t)
{
    if (t.kind != WHEN_LOCAL) return t;
    int64_t winter_ms = t.ms - 3600000; /* in the doubled hour the later instant (X8) */
    int year = civil_of(winter_ms).year;
    bool summer = winter_ms >= turn_ms(year, 3) && winter_ms < turn_ms(year, 10);
    return (struct when){WHEN_UTC, summer ? t.ms - 7200000 : winter_ms};
}

/* ---- fields ---- */

struct ritzau {
    struct arena *a;
    struct story *s;
    const struct xml_node *item;
};

static struct span words(struct ritzau *g, const char *name)
{
    return kid_words(g->a, g->item, name);
}

/* Booleans as XML Schema has them (Datatypes, 3.2.2), and words for them. */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNREADABLE };

static enum answer answer_of(struct span word)
{
    static const char *const yes[] = {"true", "1", "ja", "yes"};
    static const char *const no[] = {"", "false", "0", "nej", "no"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (span_eq_nocase(word, span_of(yes[i]))) return ANSWER_YES;
    for (size_t i = 0; i < COUNT(no); i++)
        if (span_eq_nocase(word, span_of(no[i]))) return ANSWER_NO;
    return ANSWER_UNREADABLE;
}

static bool is_true(struct ritzau *g, const char *name)
{
    return answer_of(words(g, name)) == ANSWER_YES;
}

/* "Annuleret" is the kill: one yes is enough, and what cannot be read holds. */
static void read_kill(struct ritzau *g)
{
    struct story *s = g->s;
    const struct xml_node *n = kid(g->item, "Annuleret");
    for (; n; n = kid_after(n, "Annuleret")) {
        enum answer answer = answer_of(xml_words(g->a, n));
        if (answer == ANSWER_YES) s->status = STATUS_CANCELED;
        if (answer != ANSWER_UNREADABLE) continue;
        story_fault(g->a, s, n->line, n->column, "Annuleret is neither true nor false");
        if (s->status == STATUS_USABLE) s->status = STATUS_UNKNOWN;
    }
}

/* Escaped once more than it should be: "&amp;apos;" in the markup. */
static struct span unescape_twice(struct arena *a, struct span s)
{
    static const char *const names[] = {"amp;apos;", "amp;quot;", "amp;amp;", "amp;#"};
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n; i++) {
        buf_char(&b, s.p[i]);
        for (size_t k = 0; s.p[i] == '&' && k < COUNT(names); k++)
            if (span_starts(span_cut(s, i + 1, s.n), span_of(names[k]))) {
                i += 4;
                break;
            }
    }
    return buf_span(&b);
}

/* Numbers, so that leading zeros of IPTC's codes are lost. */
static void read_subjects(struct ritzau *g)
{
    const struct xml_node *n = kid(kid(g->item, "IPTCList"), NULL);
    for (; n; n = kid_after(n, NULL)) {
        struct span code = xml_words(g->a, n);
        uint64_t v = 0;
        if (span_to_u64(code, &v) && v && v < 100000000)
            code = arena_printf(g->a, "%08u", (unsigned)v);
        story_add_subject(g->a, g->s, SUBJECT_TOPIC, code, (struct span){0});
    }
    story_add_subject(g->a, g->s, SUBJECT_TOPIC, (struct span){0}, words(g, "section"));
    story_add_subject(g->a, g->s, SUBJECT_GENRE, (struct span){0}, words(g, "format"));
    for (n = kid(kid(g->item, "SubjectKeyword"), NULL); n; n = kid_after(n, NULL))
        story_add_keyword(g->a, g->s, xml_words(g->a, n));
}

static void read_status(struct ritzau *g)
{
    struct story *s = g->s;
    s->status_literal = words(g, "Status");
    read_kill(g);
    if (is_true(g, "Korrektion")) story_add_signal(g->a, s, S("sig:correction"));
    if (is_true(g, "NyVersion")) story_add_signal(g->a, s, S("sig:update"));
    if (is_true(g, "InfoFlash")) s->kind = KIND_ADVISORY; /* words to editors */
    const char *const older[] = {"Replaces", "replacedID"};
    for (size_t i = 0; i < COUNT(older); i++)
        if (!span_eq(words(g, older[i]), s->guid))
            story_add_link(g->a, s, S("replaces"), words(g, older[i]), (struct span){0});
    story_add_link(g->a, s, S("seeAlso"), words(g, "Related"), (struct span){0});
}

static void read_time(struct ritzau *g)
{
    const struct xml_node *n = kid(g->item, "PublishDate");
    struct span text = n ? xml_words(g->a, n) : (struct span){0};
    if (!text.n) return;
    g->s->version_created = copenhagen(when_iso(text));
    if (g->s->version_created.kind == WHEN_UNREADABLE)
        story_fault(g->a, g->s, n->line, n->column, "PublishDate cannot be read");
    g->s->first_created = g->s->version_created;
}

static void read_urgency(struct ritzau *g)
{
    uint64_t u = 0;
    if (span_to_u64(words(g, "Priority"), &u) && u >= 1 && u <= 9) g->s->urgency = (uint32_t)u;
}

/* The line that is printed is the agency's; the writer's name comes with address and phone, for
 * editors. */
static void read_notes(struct ritzau *g)
{
    struct span name = words(g, "byLine"), mail = words(g, "byLineEmail"),
                phone = words(g, "byLinePhone");
    story_add_note(g->a, g->s, S("TilRedaktionen"), words(g, "TilRedaktionen"), false);
    order_of_words(g->a, g->s, words(g, "TilRedaktionen"), g->item->line);
    if (name.n || mail.n || phone.n)
        story_add_note(g->a, g->s, S("byLine"),
            arena_printf(g->a, "%.*s %.*s %.*s", FMT(name), FMT(mail), FMT(phone)), false);
}

static void read_item(struct ritzau *g, struct wire_result *out)
{
    struct story *s = g->s = story_new(g->a);
    const struct xml_node *content = kid(g->item, "content");
    s->kind = KIND_TEXT;
    s->provider = S("Ritzau");
    s->language = S("da");
    s->guid = words(g, "NewsID");
    s->version = words(g, "version");
    s->headline = words(g, "headline");
    s->abstract = words(g, "subtitle");
    s->slugline = words(g, "strapline");
    s->dateline = words(g, "town");
    s->byline = s->creditline = words(g, "origin");
    read_time(g);
    read_status(g);
    read_urgency(g);
    read_subjects(g);
    read_notes(g);
    if (content)
        s->body = body_of_any(g->a, unescape_twice(g->a, xml_text(g->a, content)), s->headline);
    reader_accept(g->a, out, s, g->item->line, g->item->column);
}

void ritzau_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    struct ritzau g = {.a = a};
    bool into = true;
    for (const struct xml_node *n = root; n; n = node_walk(root, n, into)) {
        into = !node_is(n, "RBNews");
        if (into) continue;
        g.item = n;
        read_item(&g, out);
    }
}
