/* rehearse_config: the configuration of a rehearsed site: the default of rehearsals, the site file
 * given with --config, the scenario's "site" and its "config" steps, laid over each other as trees;
 * with a watched folder and a push key for every feed. */
#include "rehearse.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_BYTES = 32 };

static const char base_text[] =
    "{\"site\":{\"name\":\"Rehearsal\",\"url\":\"http://rehearsal.example\",\"timezone\":\"UTC\","
    "\"language\":\"en\"},\"feeds\":{\"wire\":{\"provider\":\"Wire\",\"timezone\":\"UTC\","
    "\"pictures\":true}}}";

/* A site file is YAML: the same tree, its plain scalars typed as JSON has them. */
static enum json_type type_of(const struct yaml *y)
{
    int64_t number;
    if (y->type != YAML_TEXT) return y->type == YAML_MAP ? JSON_OBJECT : JSON_ARRAY;
    if (y->quoted) return JSON_STRING;
    if (span_eq(y->text, S("true")) || span_eq(y->text, S("yes"))) return JSON_TRUE;
    if (span_eq(y->text, S("false")) || span_eq(y->text, S("no"))) return JSON_FALSE;
    return span_to_i64(y->text, &number) ? JSON_NUMBER : JSON_STRING;
}

static struct json *json_of(struct arena *a, const struct yaml *y)
{
    struct json *j = ARENA_NEW(a, struct json), **at = &j->first;
    *j = (struct json){.type = type_of(y), .key = y->key, .text = y->text};
    for (const struct yaml *m = y->first; m; m = m->next) {
        *at = json_of(a, m); /* as deep as yaml_parse_text allows */
        at = &(*at)->next;
        j->count++;
    }
    return j;
}

static struct json *copy_one(struct arena *a, const struct json *j)
{
    struct json *out = ARENA_NEW(a, struct json);
    *out = *j;
    out->next = NULL;
    return out;
}

static void append(struct json *object, struct json *member)
{
    struct json **at = &object->first;
    while (*at) at = &(*at)->next;
    *at = member;
    object->count++;
}

/* Objects are united member by member; everything else is replaced. As deep as json_parse allows.
 */
struct json *json_over(struct arena *a, const struct json *base, const struct json *over)
{
    if (!over) return copy_one(a, base);
    if (!base || base->type != JSON_OBJECT || over->type != JSON_OBJECT) return copy_one(a, over);
    struct json *out = copy_one(a, base);
    out->first = NULL;
    out->count = 0;
    for (const struct json *m = base->first; m; m = m->next) {
        const struct json *same = over->first;
        while (same && !span_eq(same->key, m->key)) same = same->next;
        append(out, same ? json_over(a, m, same) : copy_one(a, m));
    }
    for (const struct json *m = over->first; m; m = m->next) {
        const struct json *same = base->first;
        while (same && !span_eq(same->key, m->key)) same = same->next;
        if (!same) append(out, copy_one(a, m));
    }
    return out;
}

/* ---- writing ---- */
static void write_json(struct arena *a, struct json_out *o, const struct json *j, bool keyed)
{
    const char *key = keyed ? arena_cstr(a, j->key) : NULL;
    int64_t number = 0;
    switch (j->type) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        json_open(o, key, j->type == JSON_OBJECT ? '{' : '[');
        for (const struct json *m = j->first; m; m = m->next)
            write_json(a, o, m, j->type == JSON_OBJECT);
        json_close(o, j->type == JSON_OBJECT ? '}' : ']');
        break;
    case JSON_STRING: json_string(o, key, j->text); break;
    case JSON_TRUE:
    case JSON_FALSE: json_bool(o, key, j->type == JSON_TRUE); break;
    case JSON_NUMBER:
        if (!span_to_i64(j->text, &number)) number = 0; /* the configuration knows whole numbers */
        json_number(o, key, number);
        break;
    default: json_null(o, key); break;
    }
}

static struct json *text_member(struct arena *a, const char *key, struct span text)
{
    struct json *j = ARENA_NEW(a, struct json);
    *j = (struct json){.type = JSON_STRING, .key = span_of(key), .text = text};
    return j;
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return arena_cstr(a, (struct span){path, slash == path ? 1 : (size_t)(slash - path)});
}

struct json *site_default(struct arena *a, const char *site_file)
{
    struct reject reject;
    struct json *base = json_parse(a, span_of(base_text), &reject);
    must(base);
    struct span bytes;
    if (!site_file) return base;
    if (file_read(a, site_file, SCENARIO_MAX, &bytes) != OK) return NULL;
    const struct yaml *over = yaml_parse_text(a, bytes, &reject);
    if (!over) return NULL;
    return json_over(a, base, site_from(a, json_of(a, over), folder_of(a, site_file)));
}

const struct json *site_from(struct arena *a, const struct json *site, const char *folder)
{
    const struct json *path = site ? json_get(json_get(site, "site"), "media_topics") : NULL;
    char whole[PATH_MAX];
    if (!path || path->type != JSON_STRING || span_starts(path->text, S("/"))) return site;
    if (!realpath(folder, whole)) return site;
    struct json all = {.type = JSON_OBJECT},
                inside = {.type = JSON_OBJECT, .key = S("site"), .count = 1};
    inside.first =
        text_member(a, "media_topics", arena_printf(a, "%s/%.*s", whole, FMT(path->text)));
    append(&all, copy_one(a, &inside));
    return json_over(a, site, &all);
}

/* A key that is made once and kept, so that a new configuration changes no sender. */
static struct span push_key(struct arena *a, const char *root, struct span feed)
{
    struct span path = arena_printf(a, "%s/keys/%.*s", root, FMT(feed));
    struct stat st;
    unsigned char raw[KEY_BYTES];
    random_bytes(raw, sizeof raw);
    if (stat(path.p, &st) != 0) {
        struct span hex = bytes_hex(a, raw, sizeof raw);
        if (file_write_durable(path.p, hex) != OK || chmod(path.p, 0600) != 0)
            log_warn("%.*s cannot be written", FMT(path));
    }
    return path;
}

static void furnish_feed(struct arena *a, struct json *feed, const char *root)
{
    struct span folder = arena_printf(a, "%s/wire/%.*s", root, FMT(feed->key));
    if (dir_make(folder.p) != OK) log_warn("%s cannot be made", folder.p);
    if (!json_get(feed, "folder")) append(feed, text_member(a, "folder", folder));
    if (!json_get(feed, "push_key_file"))
        append(feed, text_member(a, "push_key_file", push_key(a, root, feed->key)));
}

/* The same object with a list of members of its own. */
static struct json *shallow(struct arena *a, const struct json *object)
{
    struct json *out = copy_one(a, object), **at = &out->first;
    for (const struct json *m = object->first; m; m = m->next) {
        *at = copy_one(a, m);
        at = &(*at)->next;
    }
    return out;
}

static void furnish_feeds(struct arena *a, struct json *feeds, const char *root)
{
    for (struct json **at = &feeds->first; *at; at = &(*at)->next) {
        struct json *feed = shallow(a, *at);
        feed->next = (*at)->next;
        *at = feed;
        furnish_feed(a, feed, root);
    }
}

/* Who looks is a trusted proxy, who may say from which country it is. */
static struct json *trust_us(struct arena *a, const struct json *site)
{
    struct reject reject;
    const struct json *us =
        json_parse(a, S("{\"server\":{\"trusted_proxies\":[\"127.0.0.1\"]}}"), &reject);
    must(us);
    return json_over(a, site, us);
}

/* root NULL: only the text, to be checked. */
struct span site_config_text(struct arena *a, const struct json *site, const char *root)
{
    struct json *all = shallow(a, trust_us(a, site));
    for (struct json **at = &all->first; root && *at; at = &(*at)->next) {
        if (!span_eq((*at)->key, S("feeds")) || (*at)->type != JSON_OBJECT) continue;
        struct json *feeds = shallow(a, *at);
        feeds->next = (*at)->next;
        *at = feeds;
        if (dir_make(arena_printf(a, "%s/keys", root).p) != OK) log_warn("no folder for keys");
        furnish_feeds(a, feeds, root);
    }
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    write_json(a, &o, all, false);
    buf_char(&b, '\n');
    return buf_span(&b);
}
