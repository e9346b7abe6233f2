/* newsml_g2_body.c: content of a NewsML-G2 item: which of its renditions is the body, its binaries,
 * a package's members. Agencies send one text in several forms side by side; exactly one is taken.
 */
#include "newsml_g2.h"

/* ---- the body ---- */

static bool type_has(const struct xml_node *n, const char *part)
{
    return span_find_nocase(node_attr(n, "contenttype"), span_of(part)) >= 0;
}

/* dpa adds headline, teaser and notes as text/plain beside the body, told by the rendition. */
static bool is_side_text(const struct xml_node *n)
{
    static const char *const names[] = {
        "headline", "teaser", "public", "nonpublic", "slug", "caption"};
    struct span rendition = code_local(node_attr(n, "rendition"));
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(rendition, span_of(names[i]))) return true;
    return false;
}

static bool is_textual(const struct xml_node *n)
{
    struct span type = node_attr(n, "contenttype");
    return !type.n || span_starts_nocase(type, S("text/")) || type_has(n, "html") ||
           type_has(n, "xml");
}

static bool has_content(const struct xml_node *n)
{
    for (const struct xml_node *k = n->first; k; k = k->next)
        if (k->name.n || span_trim(k->text).n) return true;
    return false;
}

/* inlineXML before inlineData, XHTML before the rest; in each the first that holds anything. */
static int rank_of(const struct xml_node *n)
{
    bool has = has_content(n);
    if (node_is(n, "inlineXML") && has) return type_has(n, "html") ? 4 : 3;
    if (node_is(n, "inlineData") && has && is_textual(n) && !is_side_text(n))
        return type_has(n, "html") ? 2 : 1;
    return 0;
}

static struct xml_node *best_content(const struct xml_node *item)
{
    struct xml_node *best = NULL;
    int best_rank = 0;
    for (const struct xml_node *set = kid(item, "contentSet"); set;
         set = kid_after(set, "contentSet"))
        for (struct xml_node *n = set->first; n; n = n->next) {
            int rank = n->name.n ? rank_of(n) : 0;
            if (rank > best_rank) {
                best = n;
                best_rank = rank;
            }
        }
    return best;
}

/* TT's pictures stand in the text: <BILD> with its file, words and maker. */
static void read_bild(struct g2 *g, const struct xml_node *n)
{
    struct span href = kid_words(g->a, n, "bildfil");
    if (!href.n || g->s->picture_count >= STORY_PICTURES_MAX) return;
    struct picture *p = story_add_picture(g->a, g->s);
    p->guid = href;
    p->role = arena_printf(g->a, "embedded%u", g->s->picture_count);
    p->kind = S("picture");
    p->caption = kid_words(g->a, n, "bildtext");
    p->credit = kid_words(g->a, n, "bildskapare");
    p->status = g->s->status;
    p->embargo = g->s->embargo;
    p->expires = g->s->expires;
    picture_add_rendition(g->a, p, (struct rendition){.href = href, .role = S("original")});
}

void g2_read_body(struct g2 *g, struct xml_node *item)
{
    struct story *s = g->s;
    struct xml_node *n = best_content(item);
    if (!n) return;
    struct span subhead = {0};
    const struct xml_node *inner = kid(n, NULL);
    if (inner && (node_is(inner, "nitf") || type_has(n, "application/nitf")))
        s->body = body_of_nitf(g->a, n);
    else if (inner)
        s->body = body_of_xhtml(g->a, n, s->headline, &subhead);
    else
        s->body = body_of_any(g->a, xml_text(g->a, n), s->headline);
    if (subhead.n && !s->abstract.n) s->abstract = subhead;
    for (struct xml_node *k = inner ? n : NULL; k; k = node_walk(n, k, true))
        if (node_is(k, "bild")) read_bild(g, k);
}

/* ---- binaries ---- */

static void add_remote(struct g2 *g, struct picture *p, const struct xml_node *n)
{
    struct span href = node_attr(n, "href");
    picture_add_rendition(g->a, p,
        (struct rendition){.href = href.n ? href : node_attr(n, "residref"),
            .type = node_attr(n, "contenttype"),
            .role = code_local(node_attr(n, "rendition")),
            .width = pixels_of(node_attr(n, "width")),
            .height = pixels_of(node_attr(n, "height"))});
}

static struct span caption_of(struct g2 *g, const struct xml_node *meta)
{
    for (const struct xml_node *n = kid(meta, "description"); n; n = kid_after(n, "description"))
        if (span_eq_nocase(code_local(node_attr(n, "role")), S("caption")))
            return xml_words(g->a, n);
    return kid_words(g->a, meta, "description");
}

/* The item itself is a picture (or a film, or sound): it stands as its own first association, role
 * "self". */
static struct picture *self_picture(struct g2 *g, const struct xml_node *item)
{
    struct story *s = g->s;
    struct picture *p = story_add_picture(g->a, s);
    p->guid = s->guid;
    p->role = S("self");
    p->kind = span_of(story_kind_name(s->kind));
    p->headline = s->headline;
    p->caption = caption_of(g, kid(item, "contentMeta"));
    p->credit = s->creditline;
    p->byline = s->byline;
    p->copyright = s->copyright;
    p->usage = s->usage;
    p->usage_count = s->usage_count;
    p->status = s->status;
    p->embargo = s->embargo;
    p->expires = s->expires;
    return p;
}

/* What the item asserts about the picture; our own writer keeps its words there. */
static const struct xml_node *assertion_of(const struct xml_node *item, struct span guid)
{
    const struct xml_node *n = kid(item, "assert");
    while (n && !span_eq(node_attr(n, "uri"), guid)) n = kid_after(n, "assert");
    return n;
}

static void read_assertion(struct g2 *g, struct picture *p, const struct xml_node *about)
{
    struct story usage = {0};
    struct span role = g2_code(kid(about, "role"));
    p->headline = kid_words(g->a, about, "headline");
    p->caption = caption_of(g, about);
    p->byline = kid_words(g->a, about, "by");
    if (kid(about, "creditline")) p->credit = kid_words(g->a, about, "creditline");
    p->copyright = kid_words(g->a, about, "copyrightNotice");
    p->alt = kid_words(g->a, about, "altText");
    if (role.n) p->role = role;
    for (const struct xml_node *n = kid(about, "usageTerms"); n; n = kid_after(n, "usageTerms"))
        story_add_usage(g->a, &usage, xml_words(g->a, n));
    p->usage = usage.usage;
    p->usage_count = usage.usage_count;
}

/* A picture that lies beside a text without an item of its own takes the text's times. Renditions
 * of one picture share residref. */
static struct picture *beside_picture(
    struct g2 *g, const struct xml_node *item, const struct xml_node *n)
{
    struct story *s = g->s;
    struct span guid = node_attr(n, "residref");
    if (!guid.n) guid = node_attr(n, "href");
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, guid)) return &s->pictures[i];
    if (s->picture_count >= STORY_PICTURES_MAX) return story_add_picture(g->a, s);
    struct picture *p = story_add_picture(g->a, s);
    const struct xml_node *about = assertion_of(item, guid);
    p->guid = arena_keep(g->a, guid);
    p->role = arena_printf(g->a, "embedded%u", s->picture_count);
    p->kind = S("picture");
    p->credit = s->creditline;
    p->status = s->status;
    p->embargo = s->embargo;
    p->expires = s->expires;
    if (about) read_assertion(g, p, about);
    return p;
}

static void read_binaries(struct g2 *g, const struct xml_node *item)
{
    enum story_kind kind = g->s->kind;
    bool is_media =
        kind == KIND_PICTURE || kind == KIND_GRAPHIC || kind == KIND_VIDEO || kind == KIND_AUDIO;
    struct picture *self = NULL;
    for (const struct xml_node *set = kid(item, "contentSet"); set;
         set = kid_after(set, "contentSet"))
        for (const struct xml_node *n = kid(set, "remoteContent"); n;
             n = kid_after(n, "remoteContent")) {
            bool is_image = span_starts_nocase(node_attr(n, "contenttype"), S("image/"));
            if (is_media)
                add_remote(g, self ? self : (self = self_picture(g, item)), n);
            else if (is_image)
                add_remote(g, beside_picture(g, item, n), n);
        }
}

/* ---- packages ---- */

static void read_member(struct g2 *g, const struct xml_node *ref, struct span group)
{
    struct span guid = node_attr(ref, "residref");
    const struct xml_node *status = kid(ref, "pubStatus");
    struct picture *p = story_add_picture(g->a, g->s);
    p->guid = arena_keep(g->a, span_trim(guid.n ? guid : node_attr(ref, "href")));
    p->role = code_local(group);
    p->kind = code_local(g2_code(kid(ref, "itemClass")));
    p->headline = kid_words(g->a, ref, "headline");
    if (!p->headline.n) p->headline = kid_words(g->a, ref, "title");
    if (status) p->status = g2_status(g, g2_code(status));
}

/* ---- a package's order: from its root down, as its groups refer to each other (P9) ---- */

enum {
    GROUP_DEPTH_MAX = 8,    /* groups in groups: two levels are the most seen */
    GROUP_STEPS_MAX = 4000, /* entries looked at: a package that refers to itself in circles ends */
};

struct group_place {
    enum member_mode mode;
    uint32_t choice, branch; /* of the outermost alternatives around it */
};

struct group_walk {
    struct g2 *g;
    const struct xml_node *set;
    const struct xml_node *above[GROUP_DEPTH_MAX]; /* groups that are open */
    uint32_t depth, steps, choices;
};

static enum member_mode mode_of(const struct xml_node *group)
{
    static const char *const alternatives[] = {"alt", "alternative"}, *const sequences[] = {
                                                                          "seq", "sequential"};
    struct span mode = code_local(node_attr(group, "mode"));
    for (size_t i = 0; i < COUNT(alternatives); i++) {
        if (span_eq_nocase(mode, span_of(alternatives[i]))) return MEMBERS_ALTERNATIVE;
        if (span_eq_nocase(mode, span_of(sequences[i]))) return MEMBERS_SEQUENTIAL;
    }
    return MEMBERS_UNORDERED;
}

static const struct xml_node *group_by_id(const struct xml_node *set, struct span id)
{
    const struct xml_node *n = id.n ? kid(set, "group") : NULL;
    while (n && !span_eq(node_attr(n, "id"), id)) n = kid_after(n, "group");
    return n;
}

static bool may_be_text(struct span item_class)
{
    enum story_kind k = story_kind_of(code_local(item_class));
    return k == KIND_TEXT || k == KIND_COMPOSITE || k == KIND_PACKAGE ||
           (k == KIND_UNKNOWN && !item_class.n);
}

static void put_member(struct group_walk *w, const struct xml_node *ref,
    const struct xml_node *group, struct group_place in)
{
    struct g2 *g = w->g;
    struct span guid = node_attr(ref, "residref");
    if (!may_be_text(g2_code(kid(ref, "itemClass")))) return;
    struct member m = {.guid = guid.n ? guid : node_attr(ref, "href"),
        .headline = kid_words(g->a, ref, "headline"),
        .group = node_attr(group, "id"),
        .mode = in.mode,
        .choice = in.choice,
        .branch = in.branch};
    if (!m.headline.n) m.headline = kid_words(g->a, ref, "title");
    story_add_member(g->a, g->s, m);
}

static bool is_open(const struct group_walk *w, const struct xml_node *group)
{
    for (uint32_t i = 0; i < w->depth; i++)
        if (w->above[i] == group) return true;
    return false;
}

/* Recursion as deep as GROUP_DEPTH_MAX allows. */
static void walk_group(struct group_walk *w, const struct xml_node *group, struct group_place in)
{
    if (!group || w->depth == GROUP_DEPTH_MAX || is_open(w, group)) return;
    bool chooses = mode_of(group) == MEMBERS_ALTERNATIVE && !in.choice;
    in.mode = mode_of(group);
    if (chooses) in.choice = ++w->choices;
    w->above[w->depth++] = group;
    for (const struct xml_node *n = kid(group, NULL); n; n = kid_after(n, NULL)) {
        bool item = node_is(n, "itemRef"), inner = node_is(n, "groupRef");
        if ((!item && !inner) || ++w->steps > GROUP_STEPS_MAX) continue;
        if (chooses) in.branch++;
        if (item)
            put_member(w, n, group, in);
        else
            walk_group(w, group_by_id(w->set, node_attr(n, "idref")), in);
    }
    w->depth--;
}

/* Groups that the root does not lead to are read behind the others: better in a doubtful place than
 * lost. Whoever stands there already stays where it is. */
static void read_members(struct g2 *g, const struct xml_node *set)
{
    struct group_walk w = {.g = g, .set = set};
    walk_group(&w, group_by_id(set, node_attr(set, "root")), (struct group_place){0});
    for (const struct xml_node *n = kid(set, "group"); n; n = kid_after(n, "group"))
        walk_group(&w, n, (struct group_place){0});
}

void g2_read_media(struct g2 *g, const struct xml_node *item)
{
    read_binaries(g, item);
    for (const struct xml_node *set = kid(item, "groupSet"); set;
         set = kid_after(set, "groupSet")) {
        for (const struct xml_node *group = kid(set, "group"); group;
             group = kid_after(group, "group"))
            for (const struct xml_node *ref = kid(group, "itemRef"); ref;
                 ref = kid_after(ref, "itemRef"))
                read_member(g, ref, node_attr(group, "role"));
        read_members(g, set);
    }
}
