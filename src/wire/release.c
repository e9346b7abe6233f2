/* release.c: press releases as NTB Kommunikasjon and other houses of the same system send them
 * (release, releases) to stories. They are an organisation's own words: the genre says so. Contacts
 * are for editors. Times have no zone: the desk resolves them. Never fatal. */
#include "reader.h"

/* "28.09.2018 11:15"; else as ISO 8601. */
static struct when when_dotted(struct arena *a, struct span text)
{
    text = span_trim(text);
    bool dotted = text.n == 16 && text.p[2] == '.' && text.p[5] == '.' && text.p[10] == ' ';
    if (!dotted) return when_iso(text);
    return when_iso(
        arena_printf(a, "%.4s-%.2s-%.2sT%.5s:00", text.p + 6, text.p + 3, text.p, text.p + 11));
}

static void read_time(struct arena *a, struct story *s, const struct xml_node *release,
    const char *name, struct when *out)
{
    for (const struct xml_node *n = kid(release, name); n; n = kid_after(n, name)) {
        struct span text = xml_words(a, n);
        if (!text.n) continue; /* an empty element is how they say "none" */
        when_merge(a, s, out, when_dotted(a, text), n->line, n->column, name);
    }
}

/* The original first, as they name their sizes. */
static void read_pictures(struct arena *a, struct story *s, const struct xml_node *release)
{
    static const char *const files[] = {"url", "mediumimageurl", "smallimageurl"};
    const struct xml_node *n = kid(kid(release, "images"), "image");
    for (; n; n = kid_after(n, "image")) {
        if (!kid_words(a, n, "url").n) continue;
        struct picture *p = story_add_picture(a, s);
        p->guid = arena_keep(a, kid_words(a, n, "url"));
        p->kind = S("picture");
        p->role = s->picture_count == 1 ? S("featuremedia")
                                        : arena_printf(a, "embedded%u", s->picture_count - 1);
        p->caption = kid_words(a, n, "caption");
        p->credit = kid_words(a, kid(release, "publisher"), "name");
        p->status = s->status;
        p->embargo = s->embargo;
        for (size_t i = 0; i < COUNT(files); i++)
            picture_add_rendition(a, p,
                (struct rendition){.href = kid_words(a, n, files[i]), .role = span_of(files[i])});
    }
}

static void read_keywords(struct arena *a, struct story *s, const struct xml_node *release)
{
    struct span rest = kid_words(a, release, "keywords"), word;
    while (story_next_keyword(&rest, &word)) story_add_keyword(a, s, span_trim(word));
    const struct xml_node *n = kid(kid(release, "categories"), NULL);
    for (; n; n = kid_after(n, NULL))
        story_add_subject(a, s, SUBJECT_TOPIC, (struct span){0},
            kid(n, "label") ? kid_words(a, n, "label") : xml_words(a, n));
}

static void read_body(struct arena *a, struct story *s, const struct xml_node *release)
{
    const struct xml_node *lead = kid(release, "leadtext"), *body = kid(release, "body");
    struct html parts[2] = {{{0}}, {{0}}};
    if (lead) parts[0] = body_of_any(a, xml_text(a, lead), s->headline);
    if (body) parts[1] = body_of_any(a, xml_text(a, body), s->headline);
    s->body = parts[0].s.n ? html_join(a, parts, 2) : parts[1];
    if (lead) s->abstract = html_to_text(a, parts[0].s);
    struct span about = kid_words(a, release, "boilerplate");
    story_add_note(a, s, S("boilerplate"), about, true);
}

static void read_release(struct arena *a, const struct xml_node *n, struct wire_result *out)
{
    struct story *s = story_new(a);
    struct span sender = kid_words(a, kid(n, "publisher"), "name");
    s->kind = KIND_TEXT;
    s->link = kid_words(a, n, "longurl");
    s->guid = span_trim(node_attr(n, "id"));
    if (!s->guid.n) s->guid = s->link;
    s->provider = sender;
    s->creditline = sender;
    s->headline = kid_words(a, n, "title");
    s->language = node_attr(n, "lang");
    read_time(a, s, n, "publicationDate", &s->version_created);
    read_time(a, s, n, "embargo", &s->embargo);
    read_body(a, s, n);
    read_keywords(a, s, n);
    story_add_subject(a, s, SUBJECT_GENRE, (struct span){0}, kid_words(a, kid(n, "type"), "label"));
    story_add_note(a, s, S("contacts"), kid_words(a, n, "contactsAsText"), false);
    read_pictures(a, s, n);
    if (s->headline.n || s->body.s.n)
        reader_accept(a, out, s, n->line, n->column);
    else
        reader_refuse(a, out, n->line, n->column, "the release has neither title nor text");
}

void release_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    if (node_is(root, "release")) read_release(a, root, out);
    for (const struct xml_node *n = kid(root, "release"); n; n = kid_after(n, "release"))
        read_release(a, n, out);
}
