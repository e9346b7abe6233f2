/* newsml_1_meta.c: what the components of a NewsML 1 item say of it: lines, subjects, rights.
 * Components stand in components; of a line the one nearest to the text counts, of lists all from
 * the outermost inwards. What belongs to other texts, languages and pictures beside it does not
 * count. */
#include "newsml_1.h"

enum { DEPTH_MAX = 32 }; /* components in components: four are the most seen */

struct chain { /* from the text's own component outwards */
    const struct xml_node *at[DEPTH_MAX];
    size_t count;
};

static struct chain chain_of(const struct n1 *g)
{
    struct chain c = {.count = 0};
    const struct xml_node *n = g->main;
    for (; n && c.count < DEPTH_MAX; n = n1_component(g, n)) c.at[c.count++] = n;
    return c;
}

static struct span line(struct n1 *g, const struct chain *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++) {
        struct span words = kid_words(g->a, kid(c->at[i], "NewsLines"), name);
        if (words.n) return words;
    }
    return (struct span){0};
}

/* ---- NITF inside: what it says where NewsLines are silent ---- */

static const struct xml_node *below(const struct xml_node *top, const char *name)
{
    const struct xml_node *n = top;
    while (n && !node_is(n, name)) n = node_walk(top, n, true);
    return n;
}

/* EFE writes a time there; its real dateline stands in the text. */
static struct span dateline_of(struct n1 *g, const struct xml_node *head)
{
    struct span words = kid_words(g->a, head, "dateline");
    return when_iso(words).kind == WHEN_UNREADABLE ? words : (struct span){0};
}

/* Initials by which a desk signs among its own ("ab/cd/ef"): EFE writes them there, and leaves
 * NewsML's own ByLine out. */
static bool is_desk_initials(struct span byline)
{
    enum { INITIALS_MAX = 4 };
    size_t run = 0, slashes = 0;
    for (size_t i = 0; i < byline.n; i++) {
        bool slash = byline.p[i] == '/';
        if (slash ? run == 0 : byline.p[i] < 'a' || byline.p[i] > 'z') return false;
        run = slash ? 0 : run + 1;
        slashes += slash;
        if (run > INITIALS_MAX) return false;
    }
    return slashes > 0 && run > 0;
}

static struct span byline_of(struct n1 *g, const struct xml_node *head)
{
    struct span words = kid_words(g->a, head, "byline");
    return is_desk_initials(words) ? (struct span){0} : words;
}

static void read_nitf(struct n1 *g)
{
    struct story *s = g->s;
    const struct xml_node *nitf = g->text ? kid(g->text, "nitf") : NULL;
    const struct xml_node *docdata = nitf ? below(nitf, "docdata") : NULL,
                          *head = nitf ? below(nitf, "body.head") : NULL;
    const struct xml_node *release = kid(docdata, "date.release"),
                          *expire = kid(docdata, "date.expire");
    struct span state = span_trim(node_attr(docdata, "management-status"));
    if (!s->headline.n) s->headline = kid_words(g->a, kid(head, "hedline"), "hl1");
    if (!s->byline.n) s->byline = byline_of(g, head);
    if (!s->dateline.n) s->dateline = dateline_of(g, head);
    if (!s->abstract.n) s->abstract = kid_words(g->a, head, "abstract");
    if (state.n) n1_state(g, docdata, state);
    if (release && (s->embargo.kind == WHEN_ABSENT || s->embargo.kind == WHEN_EMPTY) &&
        node_attr(release, "norm").n)
        s->embargo = when_iso(node_attr(release, "norm"));
    if (expire && s->expires.kind == WHEN_ABSENT) s->expires = when_iso(node_attr(expire, "norm"));
}

/* ---- lines ---- */

/* All other lines are words to editors: advisories above all. */
static void read_other_lines(struct n1 *g, const struct xml_node *lines)
{
    for (const struct xml_node *n = kid(lines, "NewsLine"); n; n = kid_after(n, "NewsLine")) {
        struct span text = kid_words(g->a, n, "NewsLineText");
        story_add_note(g->a, g->s, n1_name(kid(n, "NewsLineType")), text, false);
        order_of_words(g->a, g->s, text, n->line);
    }
    for (const struct xml_node *n = kid(lines, "KeywordLine"); n; n = kid_after(n, "KeywordLine"))
        story_add_keyword(g->a, g->s, xml_words(g->a, n));
}

/* Where NewsLines are silent, a component of its own may hold it. */
static struct span headline_beside(struct n1 *g)
{
    static const char *const roles[] = {"HeadLine", "Title"};
    for (size_t i = 0; g->text && i < COUNT(roles); i++) {
        struct xml_node *data = n1_beside(g, roles[i]);
        if (data) return html_plain(g->a, n1_body_of(g, data));
    }
    return (struct span){0};
}

static void read_lines(struct n1 *g, const struct chain *c)
{
    struct story *s = g->s;
    s->headline = line(g, c, "HeadLine");
    if (looks_like_markup(s->headline)) s->headline = html_to_text(g->a, s->headline);
    if (!s->headline.n) s->headline = headline_beside(g);
    s->slugline = line(g, c, "SlugLine");
    s->byline = line(g, c, "ByLine");
    s->dateline = line(g, c, "DateLine");
    s->creditline = line(g, c, "CreditLine");
    s->copyright = line(g, c, "CopyrightLine");
    for (size_t i = c->count; i-- > 0;) read_other_lines(g, kid(c->at[i], "NewsLines"));
}

/* ---- subjects and rights ---- */

static void read_subjects(struct n1 *g, const struct xml_node *about)
{
    for (const struct xml_node *n = kid(about, NULL); n; n = kid_after(n, NULL)) {
        struct span name = n1_name(n);
        if (node_is(n, "Genre"))
            story_add_subject(g->a, g->s, SUBJECT_GENRE, name, (struct span){0});
        else if (node_is(n, "Property") && span_eq_nocase(name, S("Keyword")))
            story_add_keyword(g->a, g->s, node_attr(n, "Value"));
        else if (node_is(n, "SubjectCode"))
            for (const struct xml_node *k = kid(n, NULL); k; k = kid_after(k, NULL))
                story_add_subject(g->a, g->s, SUBJECT_TOPIC, n1_name(k), (struct span){0});
    }
}

/* Terms in prose are prose (R2). A date that can be read acts; one in words is one of the terms. */
static void read_rights(struct n1 *g, const struct xml_node *rights)
{
    static const char *const prose[] = {"UsageType", "Geography", "Limitations"};
    struct story *s = g->s;
    for (const struct xml_node *n = kid(rights, "UsageRights"); n;
         n = kid_after(n, "UsageRights")) {
        struct span from = kid_words(g->a, n, "StartDate"), to = kid_words(g->a, n, "EndDate");
        struct when opens = when_iso(from), ends = when_iso(to);
        for (size_t i = 0; i < COUNT(prose); i++)
            story_add_usage(g->a, s, kid_words(g->a, n, prose[i]));
        if (opens.kind == WHEN_UNREADABLE) story_add_usage(g->a, s, from);
        if (ends.kind == WHEN_UNREADABLE) story_add_usage(g->a, s, to);
        if (from.n && s->embargo.kind == WHEN_ABSENT) s->embargo = opens;
        if (to.n) when_merge(g->a, s, &s->expires, ends, n->line, n->column, "EndDate");
    }
    if (!s->copyright_holder.n)
        s->copyright_holder = kid_words(g->a, kid(rights, "Copyright"), "CopyrightHolder");
}

static struct span language_of(const struct n1 *g, const struct chain *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct span name = n1_name(kid(kid(c->at[i], "DescriptiveMetadata"), "Language"));
        if (name.n) return name;
    }
    for (size_t i = 0; i < c->count; i++)
        if (node_attr(c->at[i], "lang").n) return node_attr(c->at[i], "lang");
    return node_attr(g->item, "lang");
}

static void read_urgency(struct n1 *g)
{
    const struct xml_node *n = kid(kid(g->item, "NewsManagement"), "Urgency");
    uint64_t u = 0;
    if (!n || !n1_name(n).n) return;
    if (span_to_u64(n1_name(n), &u) && u >= 1 && u <= 9)
        g->s->urgency = (uint32_t)u;
    else
        story_fault(g->a, g->s, n->line, n->column, "the urgency is not a number from 1 to 9");
}

void n1_read_meta(struct n1 *g)
{
    struct chain c = chain_of(g);
    g->s->language = language_of(g, &c);
    read_lines(g, &c);
    read_urgency(g);
    for (size_t i = c.count; i-- > 0;) {
        read_subjects(g, kid(c.at[i], "DescriptiveMetadata"));
        read_rights(g, kid(c.at[i], "RightsMetadata"));
    }
    read_nitf(g);
    g->s->dateline_raw = g->s->dateline;
}
