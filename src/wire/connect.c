/* connect.c: Reuters Connect's JSON (GraphQL answers) to stories: {"data": {"item": …}}, a page of
 * {"data": {"search": {"items": […]}}}, or a bare item. Keys are NewsML-G2's in camel case, so most
 * are read as ninjs'. Owns the text, renditions and message types. Never fatal. */
#include "ninjs.h"

/* ---- the document ---- */

static bool is_item(const struct json *v)
{
    static const char *const marks[] = {"bodyXhtml", "versionedGuid", "bodyXhtmlRich"};
    bool named = nj_text(v, "uri").n || nj_text(v, "versionedGuid").n;
    static const char *const ruling[] = {"messageType", "msgType", "edStatus"};
    bool marked = false;
    for (size_t i = 0; i < COUNT(marks); i++) marked |= nj_get(v, marks[i]) != NULL;
    for (size_t i = 0; i < COUNT(ruling) && !nj_get(v, "source-feed"); i++)
        marked |= nj_get(v, ruling[i]) != NULL;
    if (named && marked) return true;
    return named && nj_get(v, "usn") && nj_get(v, "headLine") && !nj_get(v, "source-feed");
}

bool connect_is(const struct json *root)
{
    return is_item(nj_path(root, "data item")) || nj_holds(root, is_item);
}

/* ---- identity and status ---- */

/* "tag:reuters.com,2026:newsml_L1N14N0FF:978556838": the version is behind the last colon. */
static void read_identity(struct story *s, const struct json *item)
{
    struct span versioned = span_trim(nj_text(item, "versionedGuid"));
    s->guid = span_trim(nj_text(item, "uri guid"));
    if (!s->guid.n) {
        size_t i = versioned.n;
        while (i && versioned.p[i - 1] != ':') i--;
        s->guid = i > 1 ? span_cut(versioned, 0, i - 1) : versioned;
    }
    if (!s->version.n && versioned.n > s->guid.n + 1 && span_starts(versioned, s->guid) &&
        versioned.p[s->guid.n] == ':')
        s->version = span_cut(versioned, s->guid.n + 1, versioned.n);
    if (!s->provider.n && span_starts(s->guid, S("tag:reuters.com"))) s->provider = S("Reuters");
}

/* What a key says, under every spelling, one value or a list. */
static void each_code(struct arena *a, struct story *s, const struct json *item, const char *key,
    void use(struct arena *a, struct story *s, const struct json *at, struct span code))
{
    struct nj_spellings all = nj_spellings_of(item, key);
    for (size_t i = 0; i < all.count; i++) {
        bool many;
        const struct json *v = nj_values(all.at[i], &many);
        for (; v; v = many ? v->next : NULL) use(a, s, v, code_local(span_trim(nj_code(v))));
    }
    if (all.too_many) nj_hold(a, s, item, span_of(key), "too many spellings of a key");
}

/* S, R, A: sent, revised, added to; D: delete, which is the kill. */
static void use_message_type(
    struct arena *a, struct story *s, const struct json *at, struct span code)
{
    bool deletes = span_eq_nocase(code, S("D")) || span_eq_nocase(code, S("Delete"));
    if (!deletes || s->status == STATUS_CANCELED) return;
    s->status = STATUS_CANCELED;
    story_fault(a, s, at->line, at->column, "canceled by message type D");
}

static void use_edit_status(
    struct arena *a, struct story *s, const struct json *at, struct span code)
{
    if (code.n == 1) nj_signal(a, s, at, arena_printf(a, "edStat:%.*s", FMT(code)));
}

/* GraphQL answers null for every field that an item does not have. */
static void read_status(struct arena *a, struct story *s, const struct json *item)
{
    nj_read_times(a, s, item, NJ_NULL_IS_NONE);
    nj_read_status(a, s, item, "pubstatus", NJ_NULL_IS_NONE);
    nj_signals(a, s, item);
    each_code(a, s, item, "messageType", use_message_type);
    each_code(a, s, item, "msgType", use_message_type);
    each_code(a, s, item, "edStatus", use_edit_status);
    nj_read_urgency(a, s, item);
}

/* ---- media ---- */

static void add_renditions(struct arena *a, struct picture *p, const struct json *item)
{
    for (const struct json *v = nj_first(nj_get(item, "renditions")); v; v = v->next)
        picture_add_rendition(a, p,
            (struct rendition){.href = nj_text(v, "uri href"),
                .type = nj_text(v, "mimeType contentType"),
                .role = nj_text(v, "code name type"),
                .width = pixels_of(nj_text(v, "width")),
                .height = pixels_of(nj_text(v, "height"))});
}

static void fill_picture(
    struct arena *a, struct story *s, struct picture *p, const struct json *item)
{
    p->guid = arena_keep(a, span_trim(nj_text(item, "uri guid versionedGuid")));
    p->kind = nj_text(item, "type");
    p->headline = nj_text(item, "headLine title");
    p->caption = nj_text(item, "caption");
    p->credit = nj_text(item, "credit creditLine");
    p->byline = nj_text(item, "byLine");
    p->copyright = nj_text(item, "copyrightNotice");
    p->alt = nj_text(item, "altText");
    nj_picture_rights(a, s, p, item, NJ_NULL_IS_NONE);
    add_renditions(a, p, item);
}

static void read_media(struct arena *a, struct story *s, const struct json *item)
{
    if (kind_is_media(s->kind)) {
        struct picture *self = story_add_picture(a, s);
        fill_picture(a, s, self, item);
        self->guid = arena_keep(a, s->guid);
        self->role = S("self");
    }
    uint32_t number = 0;
    for (const struct json *v = nj_first(nj_get(item, "associations")); v; v = v->next) {
        if (!nj_text(v, "uri guid versionedGuid").n) continue;
        struct picture *p = story_add_picture(a, s);
        fill_picture(a, s, p, v);
        p->role = number ? arena_printf(a, "embedded%u", number) : S("featuremedia");
        number++;
        if (s->kind == KIND_PACKAGE && !kind_is_media(story_kind_of(p->kind)))
            story_add_member(a, s, (struct member){.guid = p->guid, .headline = p->headline});
    }
}

/* ---- the item ---- */

static void read_keywords(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_get(item, "keyword");
    story_add_keyword(a, s, nj_value(list));
    for (const struct json *v = nj_first(list); v; v = v->next)
        story_add_keyword(a, s, nj_value(v));
}

static void read_item(
    struct arena *a, const struct json *item, struct reject forgiven, struct wire_result *out)
{
    struct story *s = story_new(a);
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    nj_read_head(s, item);
    read_identity(s, item);
    read_status(a, s, item);
    if (!s->creditline.n) s->creditline = nj_text(item, "credit");
    s->abstract = nj_text(item, "fragment intro");
    ninjs_read_matters(a, s, item);
    read_keywords(a, s, item);
    s->body = body_of_html(a, nj_text(item, "bodyXhtml bodyXhtmlRich bodyHtml"), s->headline);
    if (!s->body.s.n) nj_read_body(a, s, item);
    if (!kind_is_media(s->kind))
        story_add_note(a, s, S("caption"), nj_text(item, "caption"), false);
    read_media(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

void connect_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    const struct json *one = nj_path(root, "data item");
    nj_read_items(a, is_item(one) ? one : root, forgiven, out, is_item, read_item);
}
