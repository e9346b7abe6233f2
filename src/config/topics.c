/* topics.c: IPTC's Media Topics as the site file names them (site.media_topics): the JSON that
 * cv.iptc.org gives, read strictly, of which codes, broader codes, old subject codes and English
 * names are kept. What rules and sections say of topics that nothing is known of is told. */
#include <stdlib.h>

#include "schema.h"

enum {
    TOPICS_FILE_BYTES_MAX = 32 << 20, /* every language with definitions and notes has its room */
    TOPICS_FILE_ARENA = 512 << 20,    /* its bytes, its tree of a million nodes at most, the list */
    TOPIC_NAME_MAX = 200,             /* bytes: two lines of a terminal */
    TOPIC_DIGITS = 8,
    BRANCHES_END = 20000000, /* below: the first level */
};

static const char *const get_it =
    "IPTC gives it, freely: curl -o mediatopic.json "
    "'https://cv.iptc.org/newscodes/mediatopic/?lang=en-GB&format=json'";

struct found { /* a topic, and where it stands */
    struct config_topic topic;
    const struct json *at;
};
struct topics {
    struct reading *of; /* of IPTC's file: mistakes are named with it */
    struct found *list;
    size_t count, cap;
};

/* ---- one place of the file ---- */
static void wrong(struct topics *t, const struct json *j, struct span advice, const char *what)
{
    mistake(t->of, j->line, j->column, advice, "%s", what);
}

/* The number behind one of the vocabulary's addresses; http and https are one. */
static bool number_in(struct span uri, const char *vocabulary, uint32_t *out)
{
    uint64_t n;
    struct span rest = span_cut(uri, span_starts(uri, S("https:")) ? 6 : 5, uri.n),
                head = span_of(vocabulary);
    if (!span_starts(uri, S("http")) || !span_starts(rest, head)) return false;
    rest = span_cut(rest, head.n, rest.n);
    if (rest.n != TOPIC_DIGITS || !span_to_u64(rest, &n)) return false;
    *out = (uint32_t)n;
    return true;
}

static bool topic_number(struct span uri, uint32_t *out)
{
    return number_in(uri, "//cv.iptc.org/newscodes/mediatopic/", out);
}

/* The first of a member that is a list; then j->next. */
static const struct json *words_in(const struct json *concept, const char *key)
{
    const struct json *j = json_get(concept, key);
    return j && j->type == JSON_ARRAY ? j->first : NULL;
}

static bool is_code(struct topics *t, const struct json *concept, uint32_t *out)
{
    const struct json *uri = json_get(concept, "uri"), *qcode = json_get(concept, "qcode");
    uint64_t short_form = 0;
    if (!uri || uri->type != JSON_STRING || !topic_number(uri->text, out) || !*out) {
        wrong(t, uri ? uri : concept,
            S("it looks like http://cv.iptc.org/newscodes/mediatopic/15000000"),
            "this concept's “uri” is none of a Media Topic");
        return false;
    }
    if (!qcode) return true;
    bool same = qcode->type == JSON_STRING && span_starts(qcode->text, S("medtop:")) &&
                span_to_u64(span_cut(qcode->text, 7, qcode->text.n), &short_form) &&
                short_form == *out;
    if (!same) wrong(t, qcode, S(""), "“qcode” and “uri” name different topics");
    return same;
}

static uint32_t broader_in(struct topics *t, const struct json *concept)
{
    const struct json *list = json_get(concept, "broader");
    uint32_t code = 0, other;
    if (list && list->type != JSON_ARRAY)
        wrong(t, list, S("IPTC writes [\"http://…\"]"), "“broader” is a list");
    for (const struct json *j = words_in(concept, "broader"); j; j = j->next) {
        if (j->type != JSON_STRING || !topic_number(j->text, &other) || !other)
            wrong(t, j, S(""), "“broader” names no Media Topic");
        else if (!code)
            code = other;
        else if (other != code)
            warning_at(t->of, &(struct yaml){.line = j->line, .column = j->column},
                S("the first counts"), "this topic stands below two");
    }
    return code;
}

/* Its subject code of 2004; one that means more than it is better than none. */
static void read_old(const struct json *concept, struct config_topic *out)
{
    static const char *const matches[] = {"exactMatch", "broadMatch", "closeMatch"};
    for (size_t i = 0; i < COUNT(matches) && !out->old; i++)
        for (const struct json *j = words_in(concept, matches[i]); j && !out->old; j = j->next) {
            bool is_old = j->type == JSON_STRING &&
                          number_in(j->text, "//cv.iptc.org/newscodes/subjectcode/", &out->old) &&
                          out->old;
            out->is_wider = is_old && i > 0;
        }
}

/* The English one, else that of whichever language the file is in. */
static const struct json *label_in(const struct json *concept)
{
    static const char *const english[] = {"en-GB", "en", "en-US"};
    const struct json *labels = json_get(concept, "prefLabel"), *j = NULL;
    if (!labels || labels->type != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < COUNT(english) && !j; i++) j = json_get(labels, english[i]);
    return j ? j : labels->first;
}

static bool is_name(struct topics *t, const struct json *concept, struct span *out)
{
    const struct json *j = label_in(concept);
    struct reading *r = t->of;
    struct span name =
        j && j->type == JSON_STRING ? text_fold(r->a, text_plain(r->a, j->text)) : (struct span){0};
    *out = name;
    if (name.n && name.n <= TOPIC_NAME_MAX) return true;
    wrong(t, j ? j : concept, S("“prefLabel” looks like {\"en-GB\": \"sport\"}"),
        "this topic has no name, or one that is too long");
    return false;
}

static void read_concept(struct topics *t, const struct json *concept)
{
    struct config_topic topic = {0};
    if (concept->type != JSON_OBJECT) {
        wrong(t, concept, S(""), "“conceptSet” holds concepts, and this is none");
        return;
    }
    if (!is_code(t, concept, &topic.code) || !is_name(t, concept, &topic.name)) return;
    topic.broader = broader_in(t, concept);
    if (topic.code >= BRANCHES_END) read_old(concept, &topic);
    *ARENA_PUSH(t->of->a, t->list, t->count, t->cap) = (struct found){topic, concept};
}

/* ---- the tree ---- */
static int by_code(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->topic.code != y->topic.code) return x->topic.code < y->topic.code ? -1 : 1;
    if (x->at->line != y->at->line) return x->at->line < y->at->line ? -1 : 1;
    return (x->at->column > y->at->column) - (x->at->column < y->at->column);
}

static const struct found *found_of(const struct topics *t, uint32_t code)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->list[mid].topic.code < code)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->count && t->list[low].topic.code == code ? &t->list[low] : NULL;
}

static void check_found(struct topics *t, size_t i)
{
    const struct found *f = &t->list[i], *up = f;
    uint32_t code = f->topic.code, broader = f->topic.broader;
    int level = 0;
    if (i && f[-1].topic.code == code) {
        mistake(t->of, f->at->line, f->at->column, S(""), "medtop:%08u is there twice", code);
        return;
    }
    if (broader && !found_of(t, broader))
        mistake(t->of, f->at->line, f->at->column, S("take the whole file"),
            "medtop:%08u stands below medtop:%08u, which is not there", code, broader);
    while (up && up->topic.broader && level < CONFIG_TOPIC_LEVELS_MAX) {
        up = found_of(t, up->topic.broader);
        level++;
        if (up == f) break;
    }
    if (up == f && level)
        mistake(t->of, f->at->line, f->at->column, S(""), "medtop:%08u stands below itself", code);
    else if (level == CONFIG_TOPIC_LEVELS_MAX)
        mistake(t->of, f->at->line, f->at->column, S(""),
            "medtop:%08u stands more than %d levels deep", code, CONFIG_TOPIC_LEVELS_MAX);
}

static bool read_topics(struct topics *t, struct span bytes)
{
    struct reject reject = {0};
    const struct json *root = json_parse(t->of->a, bytes, &reject), *set;
    size_t before = t->of->report->errors, seen = 0;
    if (!root) {
        mistake(t->of, reject.line, reject.column, S(""), "%.*s", FMT(reject.why));
        return false;
    }
    set = json_get(root, "conceptSet");
    if (!set || set->type != JSON_ARRAY || !set->first) {
        wrong(t, set ? set : root, span_of(get_it), "there is no list of topics (“conceptSet”)");
        return false;
    }
    for (const struct json *j = set->first; j && seen < CONFIG_ITEMS_MAX; j = j->next, seen++)
        read_concept(t, j);
    if (seen == CONFIG_ITEMS_MAX) wrong(t, set, S(""), "“conceptSet” holds too many topics");
    if (t->count) qsort(t->list, t->count, sizeof *t->list, by_code);
    for (size_t i = 0; i < t->count; i++) check_found(t, i);
    return t->of->report->errors == before;
}

static void keep_topics(struct reading *r, const struct topics *t)
{
    struct config_topic *list = ARENA_ARRAY(r->a, struct config_topic, t->count);
    for (size_t i = 0; i < t->count; i++) {
        list[i] = t->list[i].topic;
        list[i].name = arena_keep(r->a, list[i].name);
    }
    r->config->topics = list;
    r->config->topic_count = (uint32_t)t->count;
}

/* Mistakes of that file stand behind those of this one; what they say must outlive the scratch. */
static bool load_topics(struct reading *r, const struct yaml *key)
{
    struct span bytes, path = r->config->media_topics;
    struct arena *scratch = arena_new(TOPICS_FILE_ARENA);
    struct config_report own = {0};
    struct reading inner = {.a = scratch, .report = &own, .name = path};
    struct topics t = {.of = &inner};
    enum result e = file_read(scratch, arena_cstr(scratch, path), TOPICS_FILE_BYTES_MAX, &bytes);
    bool good = e == OK && read_topics(&t, bytes);
    if (e != OK)
        mistake_at(r, key, e == ERR_ABSENT ? span_of(get_it) : S(""), "“%.*s”: %s", FMT(path),
            e == ERR_ABSENT   ? "there is no such file"
            : e == ERR_DENIED ? "it may not be read"
            : e == ERR_FULL   ? "it is larger than 32 MB"
                              : "it cannot be read");
    if (good) keep_topics(r, &t);
    sort_mistakes(&own);
    take_mistakes(r, &own);
    arena_free(scratch);
    return good;
}

/* ---- what rules and sections name ---- */
static bool is_known(const struct config *c, uint32_t code)
{
    for (uint32_t i = 0; i < c->topic_count; i++)
        if (c->topics[i].code == code) return true;
    return code < BRANCHES_END && code % 1000000 == 0;
}

/* False: nothing more need be told. */
static bool check_topic(struct reading *r, const struct yaml *y)
{
    uint64_t code;
    const struct config *c = r->config;
    bool is_topic = y->type == YAML_TEXT && y->text.n == 7 + TOPIC_DIGITS &&
                    span_eq_nocase(span_cut(y->text, 0, 7), S("medtop:")) &&
                    span_to_u64(span_cut(y->text, 7, y->text.n), &code);
    if (!is_topic || is_known(c, (uint32_t)code)) return true;
    if (c->topic_count)
        warning_at(r, y, S("look for it in site.media_topics, or get that file anew"),
            "IPTC's file has no topic “%.*s”: it takes itself alone", FMT(y->text));
    else
        warning_at(r, y, arena_printf(r->a, "name IPTC's file in site.media_topics. %s", get_it),
            "“%.*s” takes itself alone, and nothing below it", FMT(y->text));
    return c->topic_count > 0;
}

static bool check_subjects(struct reading *r, const struct yaml *list)
{
    bool goes_on = true;
    for (const struct yaml *s = list ? list->first : NULL; s && goes_on; s = s->next) {
        const struct yaml *subjects = s->type == YAML_MAP ? yaml_get(s, "subjects") : NULL;
        if (!subjects) continue;
        goes_on = check_topic(r, subjects);
        for (const struct yaml *y = subjects->first; y && goes_on; y = y->next)
            goes_on = check_topic(r, y);
    }
    return goes_on;
}

void check_topics(struct reading *r)
{
    const struct yaml *site = yaml_get(r->root, "site"),
                      *key = site && site->type == YAML_MAP ? yaml_get(site, "media_topics") : NULL;
    if (!r->folder) return; /* no file is read: the topics come another way */
    if (key && r->config->media_topics.n && !load_topics(r, key)) return;
    if (check_subjects(r, yaml_get(r->root, "sections")))
        check_subjects(r, yaml_get(r->root, "rules"));
}
