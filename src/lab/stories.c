/* stories: reads the demonstration wire's stories and running order (demo/README.md). Owns the
 * names of fields and verbs. A mistake is told with file, line and column, and ends the reading. */
#include "wiredemo.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { STORY_FILE_MAX = 256 << 10, FIRST_VERSION = 1 };

static const char *const verb_names[DEMO_VERBS] = {
    [DEMO_FILE] = "file",
    [DEMO_FLASH] = "flash",
    [DEMO_UPDATE] = "update",
    [DEMO_CORRECT] = "correct",
    [DEMO_REFILE] = "refile",
    [DEMO_EMBARGO] = "embargo",
    [DEMO_LIFT_EMBARGO] = "lift-embargo",
    [DEMO_WITHHOLD] = "withhold",
    [DEMO_LIFT] = "lift",
    [DEMO_KILL] = "kill",
    [DEMO_PAUSE] = "pause",
    [DEMO_RESUME] = "resume",
};

const char *demo_verb_name(enum demo_verb v)
{
    return verb_names[v];
}

struct loading {
    struct arena *a;
    struct demo *demo;
    const char *file; /* below the folder */
    struct span why;
};

static bool refuse(struct loading *l, const struct yaml *at, const char *what)
{
    if (!l->why.n)
        l->why = arena_printf(l->a, "%s/%s:%u:%u: %s", l->demo->folder, l->file, at ? at->line : 1,
            at ? at->column : 1, what);
    return false;
}

static struct yaml *read_yaml(struct loading *l, const char *file)
{
    struct span bytes;
    struct reject why;
    l->file = file;
    const char *path = arena_printf(l->a, "%s/%s", l->demo->folder, file).p;
    if (file_read(l->a, path, STORY_FILE_MAX, &bytes) != OK) {
        l->why = arena_printf(l->a, "%s cannot be read", path);
        return NULL;
    }
    struct yaml *y = yaml_parse_text(l->a, bytes, &why);
    if (!y) l->why = arena_printf(l->a, "%s:%u:%u: %.*s", path, why.line, why.column, FMT(why.why));
    return y;
}

static struct span text_of(const struct yaml *map, const char *key)
{
    const struct yaml *y = yaml_get(map, key);
    return y && y->type == YAML_TEXT ? y->text : S("");
}

static uint64_t number_of(const struct yaml *map, const char *key)
{
    uint64_t n = 0;
    return span_to_u64(text_of(map, key), &n) ? n : 0;
}

/* ---- stories ---- */
static void lay_texts(struct demo_version *v, const struct yaml *map)
{
    const struct {
        const char *key;
        struct span *text;
    } texts[] = {{"headline", &v->headline}, {"slugline", &v->slugline}, {"byline", &v->byline},
        {"dateline", &v->dateline}, {"abstract", &v->abstract}, {"credits", &v->credits},
        {"body", &v->body}, {"note", &v->note}};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (yaml_get(map, texts[i].key)) *texts[i].text = text_of(map, texts[i].key);
}

/* The version's own fields over those of the one before, whose note was its own. */
static void lay_version(struct demo_version *v, const struct yaml *map)
{
    const struct {
        const char *key;
        const struct yaml **list;
    } lists[] = {{"subjects", &v->subjects}, {"keywords", &v->keywords}, {"places", &v->places}};
    v->note = S("");
    lay_texts(v, map);
    for (size_t i = 0; i < COUNT(lists); i++)
        if (yaml_get(map, lists[i].key)) *lists[i].list = yaml_get(map, lists[i].key);
    if (yaml_get(map, "urgency")) v->urgency = (uint32_t)number_of(map, "urgency");
    const struct yaml *p = yaml_get(map, "picture");
    if (p)
        v->picture = (struct demo_picture){
            text_of(p, "file"), text_of(p, "caption"), text_of(p, "credit"), text_of(p, "alt")};
}

static bool add_versions(struct loading *l, struct demo_story *s, const struct yaml *top)
{
    struct demo_version v = {.number = FIRST_VERSION};
    const struct yaml *list = yaml_get(top, "versions");
    lay_version(&v, top);
    if (!v.headline.n) return refuse(l, top, "no headline");
    *ARENA_PUSH(l->a, s->versions, s->version_count, s->version_cap) = v;
    for (const struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        v.number++;
        if (number_of(y, "version") != v.number) return refuse(l, y, "versions count 2, 3 …");
        lay_version(&v, y);
        *ARENA_PUSH(l->a, s->versions, s->version_count, s->version_cap) = v;
    }
    return true;
}

static bool load_story(struct loading *l, const char *name)
{
    struct yaml *y = read_yaml(l, arena_printf(l->a, "stories/%s", name).p);
    if (!y) return false;
    struct demo *d = l->demo;
    struct demo_story *s = ARENA_PUSH(l->a, d->stories, d->story_count, d->story_cap);
    *s = (struct demo_story){.id = text_of(y, "id"),
        .language = text_of(y, "language"),
        .section = text_of(y, "section"),
        .is_g2 = span_eq(text_of(y, "format"), S("newsml-g2"))};
    if (!s->id.n) return refuse(l, y, "no id");
    return add_versions(l, s, y);
}

static int is_story_file(const struct dirent *e)
{
    return span_ends(span_of(e->d_name), S(".yaml")) && e->d_name[0] != '.';
}

static bool load_stories(struct loading *l)
{
    struct dirent **names = NULL;
    const char *path = arena_printf(l->a, "%s/stories", l->demo->folder).p;
    int n = scandir(path, &names, is_story_file, alphasort);
    bool fine = n > 0;
    if (!fine) l->why = arena_printf(l->a, "%s holds no stories (*.yaml)", path);
    for (int i = 0; i < n; i++) {
        fine = fine && load_story(l, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return fine;
}

const struct demo_version *demo_version_of(const struct demo_story *s, uint32_t number)
{
    size_t i = s->version_count - 1;
    while (i && s->versions[i].number > number) i--;
    return &s->versions[i];
}

/* ---- the running order ---- */
static const struct demo_story *story_named(const struct demo *d, struct span id)
{
    for (size_t i = 0; i < d->story_count; i++)
        if (span_eq(d->stories[i].id, id)) return &d->stories[i];
    return NULL;
}

static bool load_act(struct loading *l, const struct yaml *y)
{
    struct demo *d = l->demo;
    struct span name = text_of(y, "act");
    struct demo_act act = {.at_ms = (int64_t)number_of(y, "at") * 1000,
        .until_ms = (int64_t)number_of(y, "until") * 1000,
        .version = (uint32_t)number_of(y, "version"),
        .scope = text_of(y, "scope"),
        .note = text_of(y, "note"),
        .say = text_of(y, "say"),
        .verb = DEMO_VERBS};
    for (int v = 0; v < DEMO_VERBS; v++)
        if (span_eq(name, span_of(verb_names[v]))) act.verb = (enum demo_verb)v;
    if (act.verb == DEMO_VERBS) return refuse(l, y, "an act that is not in demo/README.md");
    act.story = story_named(d, text_of(y, "story"));
    bool is_brake = act.verb == DEMO_PAUSE || act.verb == DEMO_RESUME;
    if (!act.story && !is_brake) return refuse(l, y, "no story of this id");
    if (d->act_count && act.at_ms < d->acts[d->act_count - 1].at_ms)
        return refuse(l, y, "the acts are not in order of time");
    *ARENA_PUSH(l->a, d->acts, d->act_count, d->act_cap) = act;
    return true;
}

static bool load_script(struct loading *l)
{
    const struct yaml *top = read_yaml(l, "script.yaml");
    if (!top) return false;
    l->demo->length_ms = (int64_t)number_of(top, "length") * 1000;
    const struct yaml *acts = yaml_get(top, "acts");
    for (const struct yaml *y = acts ? acts->first : NULL; y; y = y->next)
        if (!load_act(l, y)) return false;
    return l->demo->act_count ? true : refuse(l, top, "no acts");
}

bool demo_load(struct arena *a, const char *folder, struct demo *out, struct span *why_out)
{
    *out = (struct demo){.folder = folder};
    struct loading l = {.a = a, .demo = out, .why = S("")};
    bool fine = load_stories(&l) && load_script(&l);
    *why_out = l.why;
    return fine;
}
