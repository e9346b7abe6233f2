/* wxr.c: the export as a stream: expat in pieces, one item in memory at a time. Owns which element
 * is which field. A document type that declares entities is refused; control characters, which such
 * exports are full of and XML forbids, are read as spaces. Never fatal. */
#include "archive.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 256 << 10,
    /* An item as written and as kept: buffers double and lists are copied as they grow. */
    ITEM_ARENA = 16 * WXR_ITEM_MAX
};

enum level { IN_CHANNEL = 2, IN_ITEM = 3, IN_PART = 4 }; /* rss, channel, item or wp:author, part */

struct field {
    const char *name;
    size_t offset;
};
#define ITEM(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(struct wxr_item, member)                                                    \
    }
static const struct field item_fields[] = {
    ITEM("title", title),
    ITEM("link", link),
    ITEM("pubDate", pub_date),
    ITEM("dc:creator", creator),
    ITEM("guid", guid),
    ITEM("content:encoded", content),
    ITEM("excerpt:encoded", excerpt),
    ITEM("wp:post_id", id),
    ITEM("wp:post_date", date),
    ITEM("wp:post_date_gmt", date_gmt),
    ITEM("wp:post_modified_gmt", modified_gmt),
    ITEM("wp:post_name", name),
    ITEM("wp:status", status),
    ITEM("wp:post_type", type),
    ITEM("wp:post_password", password),
    ITEM("wp:attachment_url", attachment_url),
    ITEM("wp:post_parent", parent),
};
#define COMMENT(name, member)                                                                      \
    {                                                                                              \
        name, offsetof(struct wxr_comment, member)                                                 \
    }
static const struct field comment_fields[] = {
    COMMENT("wp:comment_id", id),
    COMMENT("wp:comment_author", author),
    COMMENT("wp:comment_content", text),
    COMMENT("wp:comment_date_gmt", date_gmt),
    COMMENT("wp:comment_approved", approved),
    COMMENT("wp:comment_type", type),
};
static const struct field meta_fields[] = {
    {"wp:meta_key", offsetof(struct wxr_meta, key)},
    {"wp:meta_value", offsetof(struct wxr_meta, value)},
};

enum part { PART_NONE, PART_AUTHOR, PART_CATEGORY, PART_META, PART_COMMENT };

struct reading {
    struct wxr_site *site;
    const struct wxr_hooks *hooks;
    struct arena *a; /* of one item */
    XML_Parser expat;
    struct wxr_item item;
    bool is_item;
    size_t depth, bytes; /* bytes: of this item */
    struct buf text;     /* of the element that is read */
    bool keeps;          /* its text is wanted */
    enum part part;
    struct wxr_author author;
    struct wxr_category category;
    struct reject *why;
    enum result end;
};

static void refuse(struct reading *r, enum result end, const char *why)
{
    if (r->end != OK) return;
    r->end = end;
    if (why)
        *r->why = (struct reject){(uint32_t)XML_GetCurrentLineNumber(r->expat),
            (uint32_t)XML_GetCurrentColumnNumber(r->expat) + 1, span_of(why)};
    XML_StopParser(r->expat, XML_FALSE);
}

static struct span *field_at(void *base, const struct field *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0) return (struct span *)((char *)base + list[i].offset);
    return NULL;
}

/* ---- beginnings ---- */

static struct span attr(const XML_Char **attrs, const char *name)
{
    for (size_t i = 0; attrs[i]; i += 2)
        if (strcmp(attrs[i], name) == 0) return span_of(attrs[i + 1]);
    return S("");
}

static void start_item(struct reading *r)
{
    arena_reset(r->a);
    buf_init(&r->text, r->a, WXR_ITEM_MAX);
    r->item = (struct wxr_item){.line = (uint32_t)XML_GetCurrentLineNumber(r->expat)};
    r->is_item = true;
    r->bytes = 0;
}

static bool is_one(const char *name, const char *one)
{
    return strcmp(name, one) == 0;
}

static void start_part(struct reading *r, const char *name, const XML_Char **attrs)
{
    struct wxr_item *i = &r->item;
    r->part = PART_NONE;
    if (is_one(name, "wp:postmeta") && i->meta_count < WXR_LIST_MAX) {
        r->part = PART_META;
        *ARENA_PUSH(r->a, i->meta, i->meta_count, i->meta_cap) = (struct wxr_meta){0};
    } else if (is_one(name, "wp:comment") && i->comment_count < WXR_LIST_MAX) {
        r->part = PART_COMMENT;
        *ARENA_PUSH(r->a, i->comments, i->comment_count, i->comment_cap) = (struct wxr_comment){0};
    } else if (is_one(name, "category") && i->term_count < WXR_LIST_MAX) {
        *ARENA_PUSH(r->a, i->terms, i->term_count, i->term_cap) =
            (struct wxr_term){.domain = arena_keep(r->a, attr(attrs, "domain")),
                .slug = arena_keep(r->a, attr(attrs, "nicename"))};
    }
}

static void on_start(void *with, const XML_Char *name, const XML_Char **attrs)
{
    struct reading *r = with;
    size_t depth = r->depth++;
    if (r->depth > WXR_DEPTH_MAX) {
        refuse(r, ERR_CORRUPT, "elements are nested too deeply");
        return;
    }
    if (depth == 0 && !is_one(name, "rss")) refuse(r, ERR_CORRUPT, "this is no WordPress export");
    if (depth == IN_CHANNEL && is_one(name, "item")) {
        if (!r->site->version.n)
            refuse(r, ERR_CORRUPT, "this is no WordPress export: it names no wxr_version");
        start_item(r);
    } else if (depth == IN_CHANNEL) {
        r->part = is_one(name, "wp:author")     ? PART_AUTHOR
                  : is_one(name, "wp:category") ? PART_CATEGORY
                                                : PART_NONE;
        r->author = (struct wxr_author){0};
        r->category = (struct wxr_category){0};
    } else if (depth == IN_ITEM && r->is_item) {
        start_part(r, name, attrs);
    }
    r->text.n = 0;
    r->keeps = true;
}

/* ---- words ---- */

static void on_text(void *with, const XML_Char *s, int n)
{
    struct reading *r = with;
    if (!r->keeps || r->item.too_large) return;
    r->bytes += (size_t)n;
    if (r->bytes > WXR_ITEM_MAX) {
        if (!r->is_item) refuse(r, ERR_CORRUPT, "too many words ahead of the first item");
        r->item.too_large = true;
        return;
    }
    buf_put(&r->text, (struct span){s, (size_t)n});
}

/* Fields are folded by whoever shows them; those that are compared lose white space at both ends.
 */
static struct span kept(struct reading *r, struct arena *a)
{
    return arena_keep(a, span_trim(buf_span(&r->text)));
}

static void end_of_site(struct reading *r, const char *name)
{
    struct wxr_site *s = r->site;
    struct arena *a = s->a;
    struct {
        const char *name;
        struct span *to;
    } fields[] = {{"title", &s->title}, {"wp:base_blog_url", &s->base}, {"language", &s->language},
        {"wp:wxr_version", &s->version}};
    for (size_t i = 0; i < COUNT(fields); i++)
        if (is_one(name, fields[i].name) && !fields[i].to->n) *fields[i].to = kept(r, a);
    if (is_one(name, "wp:wxr_version") &&
        !(s->version.n > 2 && s->version.p[0] == '1' && s->version.p[1] == '.'))
        refuse(r, ERR_CORRUPT, "the export's wxr_version makes no sense: 1.0 to 1.2 are read");
}

static void end_of_named(struct reading *r, const char *name)
{
    struct arena *a = r->site->a;
    struct {
        const char *name;
        struct span *to;
    } fields[] = {{"wp:author_id", &r->author.number}, {"wp:author_login", &r->author.login},
        {"wp:author_display_name", &r->author.name}, {"wp:term_id", &r->category.number},
        {"wp:category_nicename", &r->category.slug}, {"wp:category_parent", &r->category.parent}};
    for (size_t i = 0; r->part != PART_NONE && i < COUNT(fields); i++)
        if (is_one(name, fields[i].name)) *fields[i].to = kept(r, a);
}

static void keep_named(struct reading *r)
{
    struct wxr_site *s = r->site;
    if (r->part == PART_AUTHOR && r->author.login.n && map_count(s->authors) < WXR_NAMES_MAX) {
        struct wxr_author *w = ARENA_NEW(s->a, struct wxr_author);
        *w = r->author;
        *map_at(s->authors, w->login) = w;
    }
    if (r->part == PART_CATEGORY && r->category.slug.n &&
        map_count(s->categories) < WXR_NAMES_MAX) {
        struct wxr_category *c = ARENA_NEW(s->a, struct wxr_category);
        *c = r->category;
        *map_at(s->categories, c->slug) = c;
    }
    r->part = PART_NONE;
}

static void end_of_field(struct reading *r, const char *name)
{
    struct wxr_item *i = &r->item;
    struct span *to = field_at(i, item_fields, COUNT(item_fields), name);
    if (to && !to->n) *to = kept(r, r->a);
    if (is_one(name, "category") && i->term_count && !i->terms[i->term_count - 1].name.n)
        i->terms[i->term_count - 1].name = kept(r, r->a);
    r->part = PART_NONE;
}

static void end_of_part(struct reading *r, const char *name)
{
    struct wxr_item *i = &r->item;
    struct span *to = NULL;
    if (r->part == PART_META)
        to = field_at(&i->meta[i->meta_count - 1], meta_fields, COUNT(meta_fields), name);
    if (r->part == PART_COMMENT)
        to = field_at(
            &i->comments[i->comment_count - 1], comment_fields, COUNT(comment_fields), name);
    if (to && !to->n) *to = kept(r, r->a);
}

static struct span meta_of(const struct wxr_item *i, struct span key)
{
    for (size_t k = 0; k < i->meta_count; k++)
        if (span_eq(i->meta[k].key, key)) return i->meta[k].value;
    return S("");
}

static void keep_attachment(struct reading *r)
{
    const struct wxr_item *i = &r->item;
    struct wxr_site *s = r->site;
    if (!i->attachment_url.n || !i->id.n || map_count(s->attachments) >= WXR_NAMES_MAX) return;
    if (map_get(s->attachments, i->id)) return;
    struct wxr_attachment *w = ARENA_NEW(s->a, struct wxr_attachment);
    w->number = arena_keep(s->a, i->id);
    w->url = arena_keep(s->a, i->attachment_url);
    w->link = arena_keep(s->a, i->link);
    w->caption = arena_keep(s->a, i->excerpt);
    w->alt = arena_keep(s->a, meta_of(i, S("_wp_attachment_image_alt")));
    *map_at(s->attachments, w->number) = w;
    *map_at(s->files, w->url) = w;
    if (!i->parent.n || span_eq(i->parent, S("0"))) return;
    void **first = map_at(s->hung, arena_keep(s->a, i->parent));
    w->next = *first;
    *first = w;
}

static void keep_guid(struct reading *r)
{
    const struct wxr_item *i = &r->item;
    struct wxr_site *s = r->site;
    struct wxr_guid *g = map_get(s->guids, i->guid);
    if (g) g->is_shared |= !span_eq(g->number, i->id);
    if (g || !i->guid.n || !i->id.n || map_count(s->guids) >= WXR_NAMES_MAX) return;
    g = ARENA_NEW(s->a, struct wxr_guid);
    g->number = arena_keep(s->a, i->id);
    *map_at(s->guids, arena_keep(s->a, i->guid)) = g;
}

/* The part of two paths that is the same, by whole names. */
static struct span same_front(struct span x, struct span y)
{
    size_t n = 0, end = 0;
    while (n < x.n && n < y.n && x.p[n] == y.p[n]) {
        n++;
        bool whole = (n == x.n || x.p[n] == '/') && (n == y.n || y.p[n] == '/');
        if (whole) end = n;
    }
    return span_cut(x, 0, end);
}

/* Where posts stand, a permalink's fixed beginning is in front of all lists too: below the site's
 * own path and above the first name that a post gives itself (a year, its number, its words). */
static void keep_front(struct reading *r)
{
    struct wxr_site *s = r->site;
    struct url u, base;
    if (!span_eq(r->item.type, S("post")) || !span_eq(r->item.status, S("publish")) ||
        !url_parse(r->a, r->item.link, &u))
        return;
    struct span path = u.path, rest, name;
    if (url_parse(r->a, s->base, &base) && span_starts(path, base.path))
        path = span_cut(path,
            base.path.n && base.path.p[base.path.n - 1] == '/' ? base.path.n - 1 : base.path.n,
            path.n);
    while (path.n && path.p[path.n - 1] == '/') path.n--;
    while (path.n && path.p[path.n - 1] != '/') path.n--;
    if (path.n) path.n--;
    rest = span_cut(path, 1, path.n);
    while (rest.n && span_next(&rest, '/', &name))
        if (span_to_u64(name, &(uint64_t){0})) path.n = (size_t)(name.p - path.p) - 1, rest.n = 0;
    s->front = s->has_front ? same_front(s->front, path) : arena_keep(s->a, path);
    s->has_front = true;
}

static void on_end(void *with, const XML_Char *name)
{
    struct reading *r = with;
    size_t depth = --r->depth;
    if (depth == IN_CHANNEL && r->is_item) {
        r->is_item = false;
        keep_attachment(r);
        keep_front(r);
        keep_guid(r);
        enum result end = r->hooks->item(r->hooks->with, r->a, r->site, &r->item);
        if (end != OK) refuse(r, end, NULL);
        r->bytes = 0;
        r->item.too_large = false;
    } else if (depth == IN_CHANNEL && r->part != PART_NONE) {
        keep_named(r);
    } else if (depth == IN_CHANNEL) {
        end_of_site(r, name);
    } else if (depth == IN_ITEM && r->is_item) {
        end_of_field(r, name);
    } else if (depth == IN_ITEM) {
        end_of_named(r, name);
    } else if (depth == IN_PART && r->is_item) {
        end_of_part(r, name);
    }
    r->text.n = 0;
    r->keeps = false;
}

/* Whoever declares entities wants them to grow, or to be fetched. */
static void on_entity(void *with, const XML_Char *name, int parameter, const XML_Char *value, int n,
    const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
    (void)name, (void)parameter, (void)value, (void)n, (void)base, (void)system, (void)public,
        (void)notation;
    refuse(with, ERR_CORRUPT, "the document declares entities");
}

/* ---- the file ---- */

static void soften(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') p[i] = ' ';
}

static void not_well_formed(struct reading *r)
{
    if (r->end != OK) return;
    r->end = ERR_CORRUPT;
    *r->why = (struct reject){(uint32_t)XML_GetCurrentLineNumber(r->expat),
        (uint32_t)XML_GetCurrentColumnNumber(r->expat) + 1,
        span_of(XML_ErrorString(XML_GetErrorCode(r->expat)))};
}

static void read_pieces(struct reading *r, int fd, uint64_t of)
{
    uint64_t done = 0;
    for (bool last = false; r->end == OK && !last;) {
        char *piece = XML_GetBuffer(r->expat, PIECE);
        must(piece != NULL);
        ssize_t n = read(fd, piece, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            r->end = ERR_IO;
            return;
        }
        last = n == 0;
        /* A UTF-16 file is full of zeros that mean something; only its first piece tells. */
        bool wide = done == 0 && n > 1 && (!piece[0] || !piece[1] || (piece[0] & 0x80));
        if (wide && !((unsigned char)piece[0] == 0xEF)) {
            refuse(r, ERR_CORRUPT, "the export is not in UTF-8");
            return;
        }
        soften(piece, (size_t)n);
        done += (uint64_t)n;
        if (XML_ParseBuffer(r->expat, (int)n, last) != XML_STATUS_OK) not_well_formed(r);
        if (r->hooks->progress && r->end == OK) r->hooks->progress(r->hooks->with, done, of);
    }
}

static enum result read_open(struct reading *r, int fd, uint64_t of)
{
    uint64_t salt = 0;
    random_bytes(&salt, sizeof salt);
    r->expat = XML_ParserCreate(NULL);
    must(r->expat != NULL);
    XML_SetHashSalt(r->expat, (unsigned long)salt | 1);
    XML_SetUserData(r->expat, r);
    XML_SetElementHandler(r->expat, on_start, on_end);
    XML_SetCharacterDataHandler(r->expat, on_text);
    XML_SetEntityDeclHandler(r->expat, on_entity);
    read_pieces(r, fd, of);
    XML_ParserFree(r->expat);
    if (r->end == OK && !r->site->version.n) {
        *r->why = (struct reject){.why = S("this is no WordPress export: it names no wxr_version")};
        return ERR_CORRUPT;
    }
    return r->end;
}

enum result wxr_read(
    const char *path, struct wxr_site *site, const struct wxr_hooks *hooks, struct reject *why_out)
{
    struct stat st;
    *why_out = (struct reject){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? ERR_ABSENT : ERR_IO;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        errno = EISDIR;
        return ERR_IO;
    }
    struct reading r = {.site = site, .hooks = hooks, .why = why_out, .a = arena_new(ITEM_ARENA)};
    buf_init(&r.text, r.a, WXR_ITEM_MAX);
    enum result end = read_open(&r, fd, (uint64_t)st.st_size);
    why_out->why = arena_keep(site->a, why_out->why);
    arena_free(r.a);
    close(fd);
    return end;
}

struct wxr_site *wxr_site_new(void)
{
    struct arena *a = arena_new(WXR_SITE_BYTES);
    struct wxr_site *s = ARENA_NEW(a, struct wxr_site);
    s->a = a;
    s->authors = map_new(a);
    s->attachments = map_new(a);
    s->files = map_new(a);
    s->hung = map_new(a);
    s->categories = map_new(a);
    s->guids = map_new(a);
    return s;
}

void wxr_site_free(struct wxr_site *s)
{
    if (s) arena_free(s->a);
}
