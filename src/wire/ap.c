/* ap.c: AP's Media API to stories: one content answer, a page of a feed, or a bare item. Most
 * fields bear ninjs' names and are read as such. Owns what is AP's own: the item's id, bylines,
 * editorial types, and where the text is. The text is a NITF file that the answer only names;
 * whoever delivers the answer puts it in beside the item. Never fatal. */
#include "ninjs.h"

enum { AP_WAYS = NJ_EMBARGOED };

/* ---- the document ---- */

static bool is_item(const struct json *v)
{
    return nj_text(nj_get(v, "altids"), "itemid").n > 0;
}

/* {"data": {"item": …}}, {"data": {"items": [{"item": …}]}}, {"item": …}, or the item. */
static const struct json *item_in(const struct json *v)
{
    static const char *const paths[] = {"data item", "item"};
    if (is_item(v)) return v;
    for (size_t i = 0; i < COUNT(paths); i++)
        if (is_item(nj_path(v, paths[i]))) return nj_path(v, paths[i]);
    return NULL;
}

static bool has_item(const struct json *v)
{
    return item_in(v) != NULL;
}

bool ap_is(const struct json *root)
{
    return nj_holds(root, has_item);
}

/* ---- lines ---- */

static struct span bylines_of(struct arena *a, const struct json *item)
{
    struct span all = {0};
    for (const struct json *v = nj_first(nj_get(item, "bylines")); v; v = v->next) {
        struct span by = nj_text(v, "by name");
        if (!by.n || all.n > STORY_TEXT_MAX) continue;
        all = all.n ? arena_printf(a, "%.*s, %.*s", FMT(all), FMT(by)) : by;
    }
    return all;
}

static struct span photographer_of(const struct json *item)
{
    return nj_text(nj_get(item, "photographer"), "name");
}

/* The dateline stands in the text itself ("CHEYENNE, Wyo. (AP) —"); "located" names the place. */
static void read_lines(struct arena *a, struct story *s, const struct json *item)
{
    struct span by = bylines_of(a, item), canonical = {0};
    nj_read_head(s, item);
    s->guid = nj_text(nj_get(item, "altids"), "itemid");
    if (!s->headline.n) s->headline = nj_text(item, "title");
    s->byline = by;
    s->creditline = nj_text(item, "description_creditline creditline");
    s->abstract = nj_text(item, "description_summary headline_extended");
    if (!s->creditline.n) s->creditline = s->provider;
    for (const struct json *v = nj_first(nj_get(item, "links")); v; v = v->next)
        if (span_eq(nj_text(v, "rel"), S("canonical"))) canonical = nj_text(v, "href");
    s->link = canonical;
    for (const struct json *v = nj_first(nj_get(item, "infosource")); v; v = v->next)
        story_add_hop(a, s, nj_text(v, "name"));
}

/* ---- status ---- */

enum act { ACT_KILL, ACT_WITHHOLD, ACT_CORRECT, ACT_UPDATE, ACT_ADVISE };

static void apply_act(struct arena *a, struct story *s, const struct json *at, enum act act)
{
    switch (act) {
    case ACT_KILL:
        if (s->status != STATUS_CANCELED)
            story_fault(a, s, at->line, at->column, "canceled by its editorial type");
        s->status = STATUS_CANCELED;
        break;
    case ACT_WITHHOLD:
        if (s->status == STATUS_USABLE) s->status = STATUS_WITHHELD;
        break;
    case ACT_CORRECT: story_add_signal(a, s, S("sig:correction")); break;
    case ACT_UPDATE: story_add_signal(a, s, S("sig:update")); break;
    case ACT_ADVISE:
        if (s->kind == KIND_TEXT) s->kind = KIND_ADVISORY;
        break;
    }
}

/* What AP's editors call the item. Words that are not here change nothing ("Spot Development"). */
static void apply_type(struct arena *a, struct story *s, const struct json *at, struct span type)
{
    static const struct {
        const char *word;
        enum act act;
    } types[] = {
        {"Kill", ACT_KILL},
        {"MandatoryKill", ACT_KILL},
        {"Elimination", ACT_KILL},
        {"Withdrawal", ACT_KILL},
        {"Withhold", ACT_WITHHOLD},
        {"Hold", ACT_WITHHOLD},
        {"HoldForRelease", ACT_WITHHOLD},
        {"Correction", ACT_CORRECT},
        {"Lead", ACT_UPDATE},
        {"Writethru", ACT_UPDATE},
        {"Writethrough", ACT_UPDATE},
        {"Add", ACT_UPDATE},
        {"Sub", ACT_UPDATE},
        {"Advisory", ACT_ADVISE},
        {"Disregard", ACT_ADVISE},
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (span_eq_nocase(type, span_of(types[i].word))) apply_act(a, s, at, types[i].act);
}

/* "Mandatory Kill" and "MandatoryKill" are one. */
static struct span letters_of(struct arena *a, struct span type)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < type.n; i++)
        if (type.p[i] != ' ' && type.p[i] != '-' && type.p[i] != '_') buf_char(&b, type.p[i]);
    return buf_span(&b);
}

static void read_types(struct arena *a, struct story *s, const struct json *item)
{
    bool many;
    const struct json *v = nj_values(nj_get(item, "editorialtypes"), &many);
    for (; v; v = many ? v->next : NULL) {
        struct span type = span_trim(nj_code(v));
        if (type.n) {
            story_add_signal(a, s, arena_printf(a, "editorialtype:%.*s", FMT(type)));
            apply_type(a, s, v, letters_of(a, type));
        } else if (v->type != JSON_NULL && v->type != JSON_STRING) {
            nj_hold(a, s, v, S("editorialtypes"), "an editorial type that cannot be read");
        }
    }
    change_of_words(a, s, nj_text(item, "ednote"));
}

/* ---- matters ---- */

/* AP's codes stand bare; the schemes are those under which its other formats write them. */
static void name_schemes(struct story *s)
{
    static const char *const schemes[] = {[SUBJECT_TOPIC] = "apsubject",
        [SUBJECT_GENRE] = "apgenre",
        [SUBJECT_PLACE] = "apgeo",
        [SUBJECT_PERSON] = "apperson",
        [SUBJECT_ORGANISATION] = "aporganization",
        [SUBJECT_EVENT] = "apevent"};
    enum { CATEGORY_MAX = 4 }; /* characters: AP's categories are letters, its codes 32 digits */
    for (uint32_t i = 0; i < s->subject_count; i++) {
        struct subject *j = &s->subjects[i];
        if (!j->literal.n || j->scheme.n || (size_t)j->kind >= COUNT(schemes)) continue;
        bool category = j->kind == SUBJECT_TOPIC && j->literal.n <= CATEGORY_MAX;
        j->scheme = span_of(category ? "apcategorycode" : schemes[j->kind]);
    }
}

static void add_named(
    struct arena *a, struct story *s, enum subject_kind kind, struct span code, struct span name)
{
    uint32_t before = s->subject_count;
    story_add_subject(a, s, kind, code, name);
    if (s->subject_count > before) s->subjects[before].apart = true;
}

static void read_matters(struct arena *a, struct story *s, const struct json *item)
{
    ninjs_read_matters(a, s, item);
    for (const struct json *v = nj_first(nj_get(item, "company")); v; v = v->next)
        add_named(a, s, SUBJECT_ORGANISATION, nj_text(v, "code"), nj_text(v, "name"));
    add_named(a, s, SUBJECT_PLACE, (struct span){0}, nj_text(item, "located"));
    add_named(a, s, SUBJECT_GENRE, (struct span){0}, nj_text(item, "editorialrole"));
    add_named(a, s, SUBJECT_GENRE, nj_text(nj_get(item, "fixture"), "code"),
        nj_text(nj_get(item, "fixture"), "name"));
    name_schemes(s);
}

/* ---- pictures ---- */

static bool is_medium(struct span type)
{
    return span_starts_nocase(type, S("image/")) || span_starts_nocase(type, S("video/")) ||
           span_starts_nocase(type, S("audio/"));
}

static void read_picture(
    struct arena *a, struct story *s, struct picture *p, const struct json *item)
{
    const struct json *files = nj_get(item, "renditions");
    p->guid = arena_keep(a, span_trim(nj_text(nj_get(item, "altids"), "itemid")));
    p->kind = nj_text(item, "type");
    p->headline = nj_text(item, "headline title");
    p->caption = html_to_text(a, nj_text(item, "description_caption caption"));
    p->credit = nj_text(item, "description_creditline creditline");
    p->byline = photographer_of(item);
    p->copyright = nj_text(item, "copyrightnotice");
    nj_picture_rights(a, s, p, item, AP_WAYS);
    for (const struct json *v = files && files->type == JSON_OBJECT ? files->first : NULL; v;
         v = v->next)
        if (is_medium(nj_text(v, "mimetype")))
            picture_add_rendition(a, p,
                (struct rendition){.href = nj_text(v, "href"),
                    .type = nj_text(v, "mimetype"),
                    .role = v->key,
                    .width = pixels_of(nj_text(v, "width")),
                    .height = pixels_of(nj_text(v, "height"))});
}

/* An association is a reference; the picture's own answer may lie beside the story's. */
static const struct json *detail_of(const struct json *root, const struct json *ref)
{
    enum { DETAILS_MAX = 200 };
    const struct json *list = nj_get(root, "associations");
    struct span id = nj_text(nj_get(ref, "altids"), "itemid");
    int looked = 0;
    bool many = list && (list->type == JSON_OBJECT || list->type == JSON_ARRAY);
    for (const struct json *v = many ? list->first : NULL; v && looked < DETAILS_MAX;
         v = v->next, looked++) {
        const struct json *item = item_in(v);
        if (item && span_eq(nj_text(nj_get(item, "altids"), "itemid"), id)) return item;
    }
    return ref;
}

static void read_media(
    struct arena *a, struct story *s, const struct json *item, const struct json *root)
{
    const struct json *list = nj_get(item, "associations");
    bool many = list && (list->type == JSON_OBJECT || list->type == JSON_ARRAY);
    uint32_t number = 0;
    if (kind_is_media(s->kind)) {
        struct picture *self = story_add_picture(a, s);
        read_picture(a, s, self, item);
        self->role = S("self");
    }
    for (const struct json *v = many ? list->first : NULL; v; v = v->next) {
        if (!is_item(v) || number >= STORY_PICTURES_MAX) continue;
        struct picture *p = story_add_picture(a, s);
        read_picture(a, s, p, detail_of(root, v));
        p->role = number ? arena_printf(a, "embedded%u", number) : S("featuremedia");
        number++;
        if (s->kind == KIND_PACKAGE && !span_eq(p->kind, S("picture")))
            story_add_member(a, s, (struct member){.guid = p->guid, .headline = p->headline});
    }
}

/* ---- the text ---- */

static void read_text(
    struct arena *a, struct story *s, const struct json *item, const struct json *root)
{
    const struct json *places[] = {item, nj_get(item, "nitf"), nj_get(root, "nitf")};
    for (size_t i = 0; i < COUNT(places) && !s->body.s.n; i++) {
        const struct json *v = places[i];
        if (!v) continue;
        if (v->type == JSON_STRING)
            s->body = nj_body_of_nitf(a, v->text, s->headline);
        else
            nj_read_body(a, s, v);
    }
}

static bool is_test_mode(const struct json *answer)
{
    return span_eq_nocase(nj_text(answer, "api_mode"), S("test"));
}

/* A page says of all its entries that it is one of tests. */
static void mark_tests(struct arena *a, struct wire_result *out)
{
    for (size_t i = 0; i < out->count; i++) {
        if (!out->items[i].story) continue;
        struct story *s = ARENA_NEW(a, struct story);
        *s = *out->items[i].story;
        s->is_test = true;
        out->items[i].story = s;
    }
}

/* root: the answer, or an entry of a page. */
static void read_item(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    const struct json *item = item_in(root);
    struct story *s = story_new(a);
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    read_lines(a, s, item);
    nj_read_times(a, s, item, AP_WAYS);
    nj_read_status(a, s, item, "pubstatus", AP_WAYS);
    nj_signals(a, s, item);
    read_types(a, s, item);
    nj_read_urgency(a, s, item);
    read_matters(a, s, item);
    read_media(a, s, item, root);
    read_text(a, s, item, root);
    if (is_test_mode(root)) s->is_test = true;
    reader_accept(a, out, s, item->line, item->column);
}

void ap_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    nj_read_items(a, root, forgiven, out, has_item, read_item);
    if (is_test_mode(root)) mark_tests(a, out);
}
