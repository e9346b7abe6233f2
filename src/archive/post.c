/* post.c: one item of an export: whether it was public, whose guid it has, and the story that it
 * becomes. Owns what "certainly public" means. Never fatal. */
#include "archive.h"

#include "clock.h"

/* ---- was it public? ---- */

static bool in_list(struct span list, struct span word)
{
    struct span part;
    while (list.n && span_next(&list, ',', &part))
        if (span_eq(span_trim(part), word)) return true;
    return false;
}

/* GMT first: it stands in the file without a zone, and means UTC. A draft's is all zeros. The
 * site's own hour is the last resort: its zone is not in the export. */
static bool time_of(const struct wxr_item *i, int64_t *out)
{
    struct when w = {0};
    if (i->date_gmt.n && !span_starts(i->date_gmt, S("0000"))) w = when_iso(i->date_gmt);
    if (w.kind != WHEN_UTC && w.kind != WHEN_LOCAL) w = when_rfc822(i->pub_date);
    if (w.kind != WHEN_UTC && w.kind != WHEN_LOCAL && !span_starts(i->date, S("0000")))
        w = when_iso(i->date);
    *out = w.ms;
    return (w.kind == WHEN_UTC || w.kind == WHEN_LOCAL) && w.ms > 0;
}

const char *post_why_not(
    const struct wxr_item *i, struct span types, int64_t now_ms, int64_t *since_ms_out)
{
    static const struct {
        const char *status, *why;
    } words[] = {{"draft", "a draft"}, {"auto-draft", "a draft"}, {"pending", "waits for review"},
        {"private", "private"}, {"future", "planned for later"}, {"trash", "in the trash"},
        {"inherit", "a revision or an attachment"}};
    if (!in_list(types, i->type)) return "another post type";
    if (i->too_large) return "larger than an item may be";
    if (i->password.n) return "behind a password";
    for (size_t k = 0; k < COUNT(words); k++)
        if (span_eq(i->status, span_of(words[k].status))) return words[k].why;
    if (!span_eq(i->status, S("publish"))) return "of an unknown status";
    if (!i->id.n) return "without a number";
    if (!time_of(i, since_ms_out)) return "without a date that can be read";
    if (*since_ms_out > now_ms) return "planned for later";
    if (!i->title.n && !i->content.n) return "empty";
    return NULL;
}

/* ---- whose it is ---- */

/* Where importers and wire plugins keep the agency's id; an underline in front hides a key from
 * WordPress's own forms. */
static const char *const guid_keys[] = {"agency_guid", "guid", "item_guid", "original_guid",
    "source_guid", "wire_guid", "ninjs_guid", "ninjs_uri", "newsml_guid", "newsml_uri",
    "newsitem_guid", "superdesk_guid", "reuters_guid", "afp_guid", "apa_guid", "dpa_guid",
    "dpa_urn", "dpa_id", "ap_guid", "pti_guid", "syndication_item_guid"};

static bool names_agency(struct span v)
{
    return span_starts_nocase(v, S("urn:")) || span_starts_nocase(v, S("tag:"));
}

static struct span bare_key(struct span key)
{
    while (key.n && key.p[0] == '_') key = span_cut(key, 1, key.n);
    return key;
}

static struct span meta_named(const struct wxr_item *i, struct span name)
{
    for (size_t k = 0; name.n && k < i->meta_count; k++)
        if (span_eq_nocase(bare_key(i->meta[k].key), bare_key(name)) && i->meta[k].value.n)
            return i->meta[k].value;
    return S("");
}

struct span post_agency_guid(const struct wxr_item *i, struct span meta_key)
{
    struct span v = meta_named(i, meta_key);
    for (size_t k = 0; !v.n && k < COUNT(guid_keys); k++) v = meta_named(i, span_of(guid_keys[k]));
    /* Importers of feeds put the item's own id in the place of WordPress's, which is a URL. */
    if (!v.n && names_agency(i->guid)) v = i->guid;
    return v.n <= STORY_TEXT_MAX ? v : S("");
}

static struct span site_name(struct arena *a, const struct wxr_site *s)
{
    struct url u;
    if (!url_parse(a, s->base, &u)) return S("wordpress");
    struct span path = u.path;
    while (path.n && path.p[path.n - 1] == '/') path.n--;
    return arena_printf(a, "%.*s%.*s", FMT(u.host), FMT(path));
}

struct span post_own_guid(struct arena *a, const struct wxr_site *s, const struct wxr_item *i)
{
    const struct wxr_guid *g = i->guid.n <= STORY_TEXT_MAX ? map_get(s->guids, i->guid) : NULL;
    return g && !g->is_shared ? i->guid : post_number_guid(a, s, i);
}

struct span post_number_guid(struct arena *a, const struct wxr_site *s, const struct wxr_item *i)
{
    return arena_printf(a, "wordpress:%.*s:%.*s", FMT(site_name(a, s)), FMT(i->id));
}

/* ---- the story ---- */

static struct span plain(struct arena *a, struct span s)
{
    return text_fold(a, html_to_text(a, s));
}

static void put_terms(struct arena *a, struct story *s, const struct wxr_item *i)
{
    for (size_t k = 0; k < i->term_count; k++) {
        const struct wxr_term *t = &i->terms[k];
        struct span name = plain(a, t->name);
        if (span_eq(t->domain, S("category")) && !span_eq(t->slug, S("uncategorized")))
            story_add_subject(
                a, s, SUBJECT_TOPIC, arena_printf(a, "category:%.*s", FMT(t->slug)), name);
        if (span_eq(t->domain, S("post_tag")) || span_eq(t->domain, S("tag")))
            story_add_keyword(a, s, name);
    }
    if (span_eq(i->type, S("page")))
        story_add_subject(a, s, SUBJECT_GENRE, S("wordpress:page"), S("page"));
}

static struct span author_of(struct arena *a, const struct wxr_site *s, const struct wxr_item *i)
{
    const struct wxr_author *w = i->creator.n ? map_get(s->authors, i->creator) : NULL;
    return plain(a, w && w->name.n ? w->name : i->creator);
}

/* "2026-11-29 09:35:00" as a number, as versions are (V5). */
static struct span version_of(struct arena *a, const struct wxr_item *i)
{
    struct span time = i->modified_gmt.n ? i->modified_gmt : i->date_gmt;
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t at = 0; at < time.n; at++)
        if (time.p[at] >= '0' && time.p[at] <= '9') buf_char(&b, time.p[at]);
    return buf_span(&b);
}

struct story *post_story(struct arena *a, const struct wxr_site *site, const struct wxr_item *i,
    struct span guid, int64_t since_ms)
{
    struct story *s = story_new(a);
    struct when since = {.kind = WHEN_UTC, .ms = since_ms};
    s->kind = KIND_TEXT;
    s->status = STATUS_USABLE;
    s->status_literal = S("usable");
    s->guid = guid;
    s->version = version_of(a, i);
    s->version_created = s->first_created = since;
    s->headline = plain(a, i->title);
    s->abstract = plain(a, i->excerpt);
    s->byline = author_of(a, site, i);
    s->language = site->language;
    s->body = html_clean_story(a, post_markup(a, i->content), (const char *const[]){NULL});
    if (!s->headline.n) s->headline = utf8_head(plain(a, s->body.s), 80);
    put_terms(a, s, i);
    post_pictures(a, s, site, i);
    story_finish(a, s);
    return s;
}
