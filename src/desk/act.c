/* act.c: editors' acts: their names, and their one JSON form, which CLI, API, browser and rehearsal
 * share. */
#include "desk.h"

static const char *const names[ACT_UNKNOWN] = {
    [ACT_PUBLISH] = "publish",
    [ACT_HOLD] = "hold",
    [ACT_TAKEDOWN] = "takedown",
    [ACT_LIFT] = "lift",
    [ACT_KILL] = "kill",
    [ACT_CONFIRM] = "confirm",
    [ACT_HEADLINE] = "headline",
    [ACT_SECTION] = "section",
    [ACT_PURGE] = "purge",
    [ACT_PAUSE] = "pause",
    [ACT_RESUME] = "resume",
    [ACT_RESLUG] = "reslug",
};

enum act_kind act_kind_of(struct span name)
{
    for (int k = 0; k < ACT_UNKNOWN; k++)
        if (span_eq(name, span_of(names[k]))) return (enum act_kind)k;
    return ACT_UNKNOWN;
}

const char *act_kind_name(enum act_kind k)
{
    return (unsigned)k < ACT_UNKNOWN ? names[k] : "unknown";
}

struct span act_write(struct arena *a, const struct act *t)
{
    must((unsigned)t->kind < ACT_UNKNOWN);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "act", span_of(names[t->kind]));
    if (t->story) json_string(&o, "story", story_id_text(a, t->story));
    if (t->target.n) json_string(&o, "target", t->target);
    if (t->text.n) json_string(&o, "text", t->text);
    if (t->by.n) json_string(&o, "by", t->by);
    json_close(&o, '}');
    return buf_span(&b);
}

bool act_read(struct arena *a, struct span json, struct act *out)
{
    *out = (struct act){.kind = ACT_UNKNOWN};
    struct reject reject;
    const struct json *j = json_parse(a, json, &reject);
    if (!j || j->type != JSON_OBJECT) return false;
    out->kind = act_kind_of(json_text(j, "act"));
    if (out->kind == ACT_UNKNOWN) return false;
    const struct json *id = json_get(j, "story");
    if (id && (id->type != JSON_STRING || !story_id_read(id->text, &out->story))) return false;
    bool is_brake = out->kind == ACT_PAUSE || out->kind == ACT_RESUME;
    if (!is_brake && !out->story && !json_text(j, "target").n)
        return false; /* it names its story one way or the other */
    out->target = json_text(j, "target");
    out->text = json_text(j, "text");
    out->by = json_text(j, "by");
    return true;
}
