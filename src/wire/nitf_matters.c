/* nitf_matters.c: what a NITF document says and is about: lines of its head, subjects, places,
 * keywords, notes, pictures. Never fatal. */
#include "nitf.h"

/* ---- lines ---- */

/* Marks inside a word, where the elements of a place stand apart. */
static bool is_inline(const struct xml_node *n)
{
    static const char *const names[] = {"em", "strong", "lang", "pronounce", "sub", "sup"};
    for (size_t i = 0; n && i < COUNT(names); i++)
        if (node_is(n, names[i])) return true;
    return false;
}

/* The parts of a dateline, each once: agencies give city, state and country as elements, some of
 * them twice, with or without commas between. */
static struct span dateline_of(struct nitf *g, const struct xml_node *n)
{
    const struct xml_node *last = NULL;
    struct buf b;
    if (!n) return (struct span){0};
    buf_init(&b, g->a, 0);
    bool into = true;
    for (const struct xml_node *k = node_walk(n, n, true); k; k = node_walk(n, k, into)) {
        into = !node_is(k, "story.date");
        if (k->name.n || !span_trim(k->text).n) continue;
        bool glued = is_inline(k->parent) || (last && is_inline(last->parent));
        if (!glued && last && span_eq(span_trim(k->text), span_trim(last->text))) continue;
        if (!glued) buf_char(&b, ' ');
        buf_put(&b, k->text);
        last = k;
    }
    return text_fold(g->a, buf_span(&b));
}

static void read_bylines(struct nitf *g)
{
    struct story *s = g->s;
    for (const struct xml_node *n = kid(g->body_head, "byline"); n; n = kid_after(n, "byline")) {
        struct span name = nitf_words(g->a, n, "byttl virtloc");
        if (!name.n || s->byline.n > STORY_TEXT_MAX) continue;
        s->byline =
            s->byline.n ? arena_printf(g->a, "%.*s, %.*s", FMT(s->byline), FMT(name)) : name;
    }
}

static size_t words_in(struct span s)
{
    size_t n = s.n > 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == ' ';
    return n;
}

/* "1 SPORT Trivia": the number is that of the take. */
static struct span without_number(struct span title)
{
    size_t i = 0;
    while (i < title.n && title.p[i] >= '0' && title.p[i] <= '9') i++;
    return i && i < title.n && title.p[i] == ' ' ? span_cut(title, i + 1, title.n) : title;
}

/* NITF has no slugline. Agencies write it as meta, as the title that no reader sees, or as the only
 * keyword. */
static struct span slugline_of(struct nitf *g, struct span title)
{
    enum { SLUG_WORDS = 4 }; /* a title of more is a headline */
    struct span slug =
        nitf_meta(g, "anpa-keyword slugline slug NTBStikkord ntb-stikkord slug-line");
    const struct xml_node *list = kid(g->docdata, "key-list"), *key = kid(list, "keyword");
    if (slug.n) return slug;
    title = without_number(title);
    if (title.n && !span_eq(title, g->s->headline) && words_in(title) <= SLUG_WORDS) return title;
    if (!key || kid_after(key, "keyword")) return (struct span){0};
    return node_attr(key, "key").n ? node_attr(key, "key") : xml_words(g->a, key);
}

static struct span headline_of(struct nitf *g, struct span title)
{
    const struct xml_node *lines = kid(g->body_head, "hedline"), *n = kid(lines, "hl1");
    for (; n; n = kid_after(n, "hl1")) {
        struct span words = xml_words(g->a, n);
        if (words.n) return words;
    }
    if (lines && !kid(lines, NULL) && xml_words(g->a, lines).n) return xml_words(g->a, lines);
    return title;
}

static struct span language_of(struct nitf *g)
{
    struct span lang = node_attr(g->root, "baselang");
    if (!lang.n) lang = node_attr(g->root, "lang");
    if (!lang.n) lang = node_attr(g->body, "lang");
    if (!lang.n) lang = node_attr(kid(g->body, "body.content"), "lang");
    return lang;
}

static void read_urgency(struct nitf *g)
{
    const struct xml_node *n = kid(g->docdata, "urgency");
    uint64_t u = 0;
    if (!n) n = kid(g->head, "urgency");
    struct span text = span_trim(node_attr(n, "ed-urg"));
    if (!text.n) return;
    if (span_to_u64(text, &u) && u >= 1 && u <= 9)
        g->s->urgency = (uint32_t)u;
    else
        story_fault(g->a, g->s, n->line, n->column, "the urgency is not a number from 1 to 9");
}

/* An abstract may hold pictures only. */
static bool skip_media(const struct xml_node *n, void *with)
{
    (void)with;
    return node_is(n, "media");
}

static struct span plain_of(struct nitf *g, const struct xml_node *n)
{
    return n ? html_plain(g->a, html_clean_xml(g->a, n, skip_media, NULL)) : (struct span){0};
}

void nitf_read_head(struct nitf *g)
{
    struct story *s = g->s;
    const struct xml_node *holder = kid(g->docdata, "doc.copyright");
    struct span title = kid_words(g->a, g->head, "title");
    s->headline = headline_of(g, title);
    s->slugline = slugline_of(g, title);
    read_bylines(g);
    s->dateline_raw = dateline_of(g, kid(g->body_head, "dateline"));
    s->dateline = s->dateline_raw;
    if (when_iso(s->dateline).kind != WHEN_UNREADABLE) s->dateline = (struct span){0};
    s->creditline = nitf_words(g->a, kid(g->body_head, "distributor"), "");
    s->abstract = plain_of(g, kid(g->body_head, "abstract"));
    s->language = language_of(g);
    s->copyright_holder = node_attr(holder, "holder");
    if (!s->copyright_holder.n)
        s->copyright_holder = kid_words(g->a, kid(g->body_head, "rights"), "rights.owner");
    read_urgency(g);
}

/* ---- subjects ---- */

static struct span first_attr(const struct xml_node *n, const char *names)
{
    struct span rest = span_of(names), name;
    while (n && span_next(&rest, ' ', &name))
        for (uint32_t i = 0; i < n->attr_count; i++)
            if (span_eq_nocase(n->attrs[i].name, name) && span_trim(n->attrs[i].value).n)
                return span_trim(n->attrs[i].value);
    return (struct span){0};
}

static void read_topics(struct nitf *g)
{
    const struct xml_node *about = kid(g->head, "tobject"), *n = kid(about, NULL);
    for (; n; n = kid_after(n, NULL)) {
        if (node_is(n, "tobject.subject"))
            story_add_subject(g->a, g->s, SUBJECT_TOPIC, node_attr(n, "tobject.subject.refnum"),
                first_attr(
                    n, "tobject.subject.detail tobject.subject.matter tobject.subject.type"));
        if (node_is(n, "tobject.property"))
            story_add_subject(
                g->a, g->s, SUBJECT_GENRE, (struct span){0}, node_attr(n, "tobject.property.type"));
    }
    story_add_subject(g->a, g->s, SUBJECT_GENRE, (struct span){0},
        span_trim(node_attr(kid(g->docdata, "fixture"), "fix-id")));
    for (n = kid(g->docdata, "doc-scope"); n; n = kid_after(n, "doc-scope"))
        story_add_subject(
            g->a, g->s, SUBJECT_TOPIC, (struct span){0}, span_trim(node_attr(n, "scope")));
}

static void add_apart(
    struct nitf *g, enum subject_kind kind, struct span scheme, struct span code, struct span name)
{
    struct story *s = g->s;
    uint32_t before = s->subject_count;
    bool coded = scheme.n && code.n && scheme.n + code.n < STORY_TEXT_MAX;
    struct span literal =
        coded ? arena_printf(g->a, "%.*s:%.*s", FMT(scheme), FMT(code)) : (struct span){0};
    story_add_subject(g->a, s, kind, literal, name);
    if (s->subject_count > before) s->subjects[before].apart = true;
}

/* Where it happens: evloc has the names as attributes, the country as ISO's code. */
static void read_places(struct nitf *g)
{
    const struct xml_node *n = kid(g->docdata, "evloc");
    for (; n; n = kid_after(n, "evloc")) {
        struct span name = first_attr(n, "city county-dist state-prov"),
                    country = first_attr(n, "iso-cc");
        if (name.n) add_apart(g, SUBJECT_PLACE, (struct span){0}, (struct span){0}, name);
        if (country.n) add_apart(g, SUBJECT_PLACE, S("iso-cc"), country, country);
    }
}

/* Who and what the document names, by the list that its head gives, and in the text where a code
 * stands beside the name: marks without one are made by programs that often err. */
static void read_named(struct nitf *g, const struct xml_node *in, bool coded_only)
{
    static const struct {
        const char *element;
        enum subject_kind kind;
    } kinds[] = {
        {"person", SUBJECT_PERSON},
        {"org", SUBJECT_ORGANISATION},
        {"location", SUBJECT_PLACE},
        {"event", SUBJECT_EVENT},
        {"object.title", SUBJECT_TOPIC},
    };
    for (const struct xml_node *n = in; n; n = node_walk(in, n, true))
        for (size_t i = 0; n->name.n && i < COUNT(kinds); i++) {
            if (!node_is(n, kinds[i].element)) continue;
            struct span scheme = first_attr(n, "code-source idsrc"),
                        code = first_attr(n, "location-code value"), name = xml_words(g->a, n);
            if (!coded_only || (scheme.n && code.n))
                add_apart(g, kinds[i].kind, scheme, code, name.n ? name : code);
        }
}

static void read_keywords(struct nitf *g)
{
    const struct xml_node *list = kid(g->docdata, "key-list");
    for (; list; list = kid_after(list, "key-list"))
        for (const struct xml_node *n = kid(list, "keyword"); n; n = kid_after(n, "keyword"))
            story_add_keyword(
                g->a, g->s, node_attr(n, "key").n ? node_attr(n, "key") : xml_words(g->a, n));
}

/* ---- notes ---- */

/* A correction names what it corrects. Its words are to editors: nothing marks them for readers. */
static void read_correction(struct nitf *g)
{
    struct story *s = g->s;
    const struct xml_node *n = kid(g->docdata, "correction");
    for (; n; n = kid_after(n, "correction")) {
        struct span id = span_trim(node_attr(n, "id-string"));
        story_add_signal(g->a, s, S("sig:correction"));
        story_add_note(g->a, s, S("correction"), node_attr(n, "info"), false);
        if (!span_eq(id, s->guid)) story_add_link(g->a, s, S("replaces"), id, (struct span){0});
    }
}

static void read_notes(struct nitf *g)
{
    const struct xml_node *n = kid(g->docdata, "ed-msg");
    for (; n; n = kid_after(n, "ed-msg")) {
        struct span type = node_attr(n, "msg-type"), info = node_attr(n, "info");
        story_add_note(g->a, g->s, type.n ? type : S("ed-msg"), info, false);
        change_of_words(g->a, g->s, info);
        order_of_words(g->a, g->s, info, n->line);
    }
    for (n = kid(g->head, "revision-history"); n; n = kid_after(n, "revision-history")) {
        story_add_note(g->a, g->s, S("revision"), node_attr(n, "comment"), false);
        change_of_words(g->a, g->s, node_attr(n, "comment"));
        order_of_words(g->a, g->s, node_attr(n, "comment"), n->line);
    }
    for (n = kid(g->body_head, "note"); n; n = kid_after(n, "note")) {
        /* "pa" is a publishable advisory, "npa" one that is not; "std" says nothing */
        bool public_text = span_eq_nocase(node_attr(n, "type"), S("pa")) &&
                           !span_eq_nocase(node_attr(n, "noteclass"), S("editorsnote"));
        struct span text = plain_of(g, n);
        story_add_note(g->a, g->s, node_attr(n, "noteclass"), text, public_text);
        if (!public_text) order_of_words(g->a, g->s, text, n->line);
    }
    const struct xml_node *end = kid(g->body, "body.end");
    story_add_note(g->a, g->s, S("tagline"), kid_words(g->a, end, "tagline"), true);
}

void nitf_read_matters(struct nitf *g)
{
    const struct xml_node *n = kid(g->docdata, "del-list");
    read_topics(g);
    read_keywords(g);
    read_places(g);
    read_named(g, kid(g->docdata, "identified-content"), false);
    read_named(g, kid(g->body, "body.content"), true);
    read_correction(g);
    read_notes(g);
    for (n = kid(n, "from-src"); n; n = kid_after(n, "from-src"))
        story_add_hop(g->a, g->s, node_attr(n, "src-name"));
}

/* ---- pictures ---- */

static bool is_image(const struct xml_node *media, const struct xml_node *file)
{
    static const char *const types[] = {"image", "photo", "picture", "graphic"};
    if (span_starts_nocase(node_attr(file, "mime-type"), S("image/"))) return true;
    for (size_t i = 0; i < COUNT(types); i++)
        if (span_eq_nocase(node_attr(media, "media-type"), span_of(types[i])))
            return !node_attr(file, "mime-type").n;
    return false;
}

static struct span source_of(const struct xml_node *file)
{
    return first_attr(file, "source name data-location");
}

/* A picture has no item of its own here: its first file's name is it, and it takes the document's
 * status and times. Further files are renditions. */
static void add_picture(struct nitf *g, const struct xml_node *media, const struct xml_node *file)
{
    struct story *s = g->s;
    struct span producer = kid_words(g->a, media, "media-producer");
    struct picture *p = story_add_picture(g->a, s);
    p->guid = arena_keep(g->a, source_of(file));
    p->role = s->picture_count == 1 ? S("featuremedia")
                                    : arena_printf(g->a, "embedded%u", s->picture_count - 1);
    p->kind = S("picture");
    p->caption = plain_of(g, kid(media, "media-caption"));
    p->byline = producer;
    p->credit = producer.n ? producer : s->creditline;
    p->alt = first_attr(file, "alternate-text");
    p->status = s->status;
    p->embargo = s->embargo;
    p->expires = s->expires;
    for (; file; file = kid_after(file, "media-reference"))
        if (is_image(media, file))
            picture_add_rendition(g->a, p,
                (struct rendition){.href = source_of(file),
                    .type = node_attr(file, "mime-type"),
                    .role = first_attr(file, "id"),
                    .width = pixels_of(node_attr(file, "width")),
                    .height = pixels_of(node_attr(file, "height"))});
}

void nitf_read_media(struct nitf *g)
{
    const struct xml_node *n = nitf_next(g->body, NULL, "media");
    for (; n; n = nitf_next(g->body, n, "media")) {
        const struct xml_node *file = kid(n, "media-reference");
        while (file && !(is_image(n, file) && source_of(file).n))
            file = kid_after(file, "media-reference");
        if (file) add_picture(g, n, file);
    }
}
