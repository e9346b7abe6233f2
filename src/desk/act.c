/* act.c: editors' acts in one table: their names, what they need, who may do them; and their one
 * JSON form. Command line, API, browser and rehearsal share both. */
#include "desk.h"

static const struct act_row rows[ACT_UNKNOWN] = {
    [ACT_PUBLISH] = {"publish", true, ACT_NO_TEXT, .role = DESK_EDITOR,
        .what = "publish a held story (embargoes and kills stay)"},
    [ACT_HOLD] = {"hold", true, ACT_NO_TEXT, .role = DESK_EDITOR, .what = "hold a story back"},
    [ACT_TAKEDOWN] = {"takedown", true, ACT_MAY_TEXT, .destructive = true, .is_case = true,
        .role = DESK_EDITOR,
        .what = "take a story off every page at once; it stays down until lifted"},
    [ACT_LIFT] = {"lift", true, ACT_MAY_TEXT, .destructive = true, .role = DESK_CHIEF,
        .what = "lift the desk's own takedown or kill"},
    [ACT_KILL] = {"kill", true, ACT_MAY_TEXT, .destructive = true, .is_case = true,
        .role = DESK_CHIEF, .what = "kill a story as its agency would: off every page at once"},
    [ACT_CONFIRM] = {"confirm", true, ACT_NO_TEXT, .destructive = true, .role = DESK_CHIEF,
        .what = "show the version that the agency sent after its own kill"},
    [ACT_HEADLINE] = {"headline", true, ACT_MAY_TEXT, .role = DESK_EDITOR,
        .what = "give a story another headline; without words the wire's comes back"},
    [ACT_SECTION] = {"section", true, ACT_NEEDS_TEXT, .role = DESK_EDITOR,
        .what = "move a story to another section"},
    [ACT_PURGE] = {"purge", true, ACT_MAY_TEXT, .destructive = true, .twice = true, .is_case = true,
        .role = DESK_CHIEF,
        .what = "take a story away for good: its URL answers 410 bare; nothing brings it back"},
    [ACT_PAUSE] = {"pause", false, ACT_MAY_TEXT, .role = DESK_EDITOR,
        .what = "stop new stories and updates; kills still act"},
    [ACT_RESUME] = {"resume", false, ACT_MAY_TEXT, .role = DESK_EDITOR,
        .what = "go on after a pause"},
    [ACT_RESLUG] = {"reslug", true, ACT_NEEDS_TEXT, .role = DESK_EDITOR,
        .what = "give a story's URL other words; the old URL leads to the new one"},
    [ACT_LEAD] = {"lead", true, ACT_NO_TEXT, .role = DESK_EDITOR,
        .what = "put a story first on the front, until another is or unlead"},
    [ACT_UNLEAD] = {"unlead", true, ACT_NO_TEXT, .role = DESK_EDITOR,
        .what = "give the front's first place back to the rule"},
    [ACT_RELEASE] = {"release", false, ACT_NO_TEXT, .role = DESK_EDITOR,
        .what = "let go all that a feed's limits have kept back"},
    [ACT_GO_LIVE] = {"go-live", false, ACT_MAY_TEXT, .role = DESK_CHIEF,
        .what = "end a feed's shadow: what comes from now on is public; with the text “all”, what "
                "came before too"},
    [ACT_APPROVE] = {"approve", true, ACT_NEEDS_TEXT, .role = DESK_EDITOR,
        .what = "show a reader's comment under a story; text: the comment's id"},
    [ACT_HIDE] = {"hide", true, ACT_NEEDS_TEXT, .role = DESK_EDITOR,
        .what = "hide a reader's comment; text: the comment's id"},
    [ACT_REDACT] = {"redact", true, ACT_MAY_TEXT, .destructive = true, .is_case = true,
        .role = DESK_EDITOR,
        .what = "strike words or a picture from a story, all its revisions, its URL, search, feeds "
                "and every later version"},
    [ACT_UNREDACT] = {"unredact", true, ACT_MAY_TEXT, .destructive = true, .role = DESK_CHIEF,
        .what = "take a redaction back: of the same words or picture; without any, all"},
    [ACT_HISTORY] = {"history", true, ACT_NEEDS_TEXT, .role = DESK_EDITOR,
        .what = "how much of its former words a story's history may tell: none, changes, full, "
                "corrected, or feed for the feed's own"},
    [ACT_RETRY] = {"retry", false, ACT_NO_TEXT, .role = DESK_EDITOR,
        .what = "read again what lies in quarantine, by the program that runs now"},
    [ACT_DROP] = {"drop", false, ACT_MAY_TEXT, .role = DESK_EDITOR,
        .what = "take something off the quarantine's list; its bytes stay in the ledger"},
    [ACT_ACKNOWLEDGE] = {"acknowledge", false, ACT_NO_TEXT, .of_grievance = true,
        .role = DESK_EDITOR, .what = "tell whoever complained that the complaint has come"},
    [ACT_UPHOLD] = {"uphold", false, ACT_NEEDS_TEXT, .of_grievance = true, .role = DESK_EDITOR,
        .what = "decide a complaint: it is right; text: what was done, for whoever complained"},
    [ACT_REJECT] = {"reject", false, ACT_NEEDS_TEXT, .of_grievance = true, .role = DESK_EDITOR,
        .what = "decide a complaint: it is not right; text: why, for whoever complained"},
    [ACT_FORWARD] = {"forward", false, ACT_MAY_TEXT, .of_grievance = true, .role = DESK_EDITOR,
        .what = "note that a complaint was passed on to the self-regulating body"},
    [ACT_NOTE] = {"note", false, ACT_NEEDS_TEXT, .of_grievance = true, .role = DESK_EDITOR,
        .what = "note something about a complaint, for the desk alone"},
};
static const char *const roles[] = {[DESK_NOBODY] = "nobody",
    [DESK_READER] = "reader",
    [DESK_EDITOR] = "editor",
    [DESK_CHIEF] = "chief"};

const struct act_row *act_row(enum act_kind k)
{
    must((unsigned)k < ACT_UNKNOWN);
    return &rows[k];
}

enum act_kind act_kind_of(struct span name)
{
    for (int k = 0; k < ACT_UNKNOWN; k++)
        if (span_eq(name, span_of(rows[k].name))) return (enum act_kind)k;
    return ACT_UNKNOWN;
}

const char *act_kind_name(enum act_kind k)
{
    return (unsigned)k < ACT_UNKNOWN ? rows[k].name : "unknown";
}

size_t act_text_max(enum act_kind k)
{
    return act_row(k)->of_grievance ? ACT_ANSWER_MAX : ACT_TEXT_MAX;
}

const char *desk_role_name(enum desk_role r)
{
    return (size_t)r < COUNT(roles) ? roles[r] : "nobody";
}

enum desk_role desk_role_of(struct span name)
{
    for (size_t r = DESK_READER; r < COUNT(roles); r++)
        if (span_eq(name, span_of(roles[r]))) return (enum desk_role)r;
    return DESK_NOBODY;
}

static const char *const histories[HISTORIES] = {"none", "changes", "full", "corrected"};

const char *history_name(enum history h)
{
    must((unsigned)h < HISTORIES);
    return histories[h];
}

enum history history_of(struct span name)
{
    int h = 0;
    while (h < HISTORIES && !span_eq(name, span_of(histories[h]))) h++;
    return (enum history)h;
}

/* What of the words is amiss for this kind; NULL: nothing. */
static const char *words_amiss(const struct act *t)
{
    struct arena *a = arena_new(1 << 20);
    const char *why = NULL;
    if (t->kind == ACT_RESLUG && !text_slug(a, t->text, ACT_TEXT_MAX).n)
        why = "these words have no letters that a URL could hold";
    if (t->kind == ACT_REDACT && !t->text.n == !t->picture.n)
        why = "what is to be struck? give words or a picture, one of the two";
    if (t->kind == ACT_REDACT && t->text.n && !strike_fits(a, t->text))
        why = "words to strike need two letters at least";
    if (t->kind == ACT_HISTORY && history_of(t->text) == HISTORIES && !span_eq(t->text, S("feed")))
        why = "how much? none, changes, full, corrected or feed";
    arena_free(a);
    return why;
}

bool act_check(const struct act *t, enum desk_role role, const char **why_out)
{
    *why_out = NULL;
    if ((unsigned)t->kind >= ACT_UNKNOWN) {
        *why_out = "there is no such act";
        return false;
    }
    const struct act_row *row = &rows[t->kind];
    story_id number;
    bool is_named = t->story || t->target.n;
    bool fits = t->text.n <= act_text_max(t->kind) && t->target.n <= ACT_TEXT_MAX &&
                t->picture.n <= ACT_TEXT_MAX && t->reference.n <= ACT_NAME_MAX &&
                t->requested_by.n <= ACT_NAME_MAX;
    if (role < row->role)
        *why_out = row->role == DESK_CHIEF ? "this act wants the role chief: ask one"
                                           : "this act wants the role editor or chief";
    else if (row->of_story && !is_named)
        *why_out = "which story? give its URL, its id or its guid";
    else if (row->of_grievance && !story_id_read(t->target, &number))
        *why_out = "which complaint? give its number";
    else if (row->text == ACT_NEEDS_TEXT && !span_trim(t->text).n)
        *why_out = t->kind == ACT_SECTION ? "which section? give its name"
                   : t->kind == ACT_APPROVE || t->kind == ACT_HIDE
                       ? "which comment? give its id as text"
                       : "which words? give them as text";
    else if (!fits || !utf8_valid(t->text) || !utf8_valid(t->target) || !utf8_valid(t->picture) ||
             !utf8_valid(t->reference) || !utf8_valid(t->requested_by))
        *why_out = row->of_grievance ? "that is too long: at most 4,000 bytes of text"
                                     : "that is too long: at most 500 bytes of text, 200 of a name";
    else if ((t->kind == ACT_RELEASE || t->kind == ACT_GO_LIVE) &&
             (!t->target.n || span_eq(t->target, S("all"))))
        *why_out = "which feed? give its name";
    else if ((t->kind == ACT_RETRY || t->kind == ACT_DROP) &&
             (!t->target.n || span_eq(t->target, S("all"))))
        *why_out = "which? give its id: `broadsheet quarantine list` names them";
    else if (t->kind == ACT_GO_LIVE && t->text.n && !span_eq(t->text, S("all")))
        *why_out = "the text is “all”, to publish what came before too, or nothing";
    else
        *why_out = words_amiss(t);
    return !*why_out;
}

struct span unread_id(struct arena *a, uint64_t pos, uint32_t number)
{
    unsigned long long event = pos;
    return number == UNREAD_WHOLE ? arena_printf(a, "%llu", event)
                                  : arena_printf(a, "%llu.%u", event, number + 1);
}

bool unread_id_read(struct span id, uint64_t *pos_out, uint32_t *number_out)
{
    uint64_t item = 0;
    ptrdiff_t dot = span_find_char(id, '.');
    *number_out = UNREAD_WHOLE;
    if (dot < 0) return span_to_u64(id, pos_out) && *pos_out;
    if (!span_to_u64(span_cut(id, (size_t)dot + 1, id.n), &item) || !item || item > UINT32_MAX - 1)
        return false;
    *number_out = (uint32_t)item - 1;
    return span_to_u64(span_cut(id, 0, (size_t)dot), pos_out) && *pos_out;
}

struct span act_write(struct arena *a, const struct act *t)
{
    must((unsigned)t->kind < ACT_UNKNOWN);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "act", span_of(rows[t->kind].name));
    if (t->story) json_string(&o, "story", story_id_text(a, t->story));
    if (t->target.n) json_string(&o, "target", t->target);
    if (t->text.n) json_string(&o, "text", t->text);
    if (t->picture.n) json_string(&o, "picture", t->picture);
    if (t->by.n) json_string(&o, "by", t->by);
    if (t->via.n) json_string(&o, "via", t->via);
    if (t->reference.n) json_string(&o, "reference", t->reference);
    if (t->requested_by.n) json_string(&o, "requested_by", t->requested_by);
    if (t->deadline_ms) json_number(&o, "deadline_ms", t->deadline_ms);
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
    if (rows[out->kind].of_story && !out->story && !json_text(j, "target").n)
        return false; /* it names its story one way or the other */
    out->target = json_text(j, "target");
    out->text = json_text(j, "text");
    out->picture = json_text(j, "picture");
    out->by = json_text(j, "by");
    out->via = json_text(j, "via");
    out->reference = json_text(j, "reference");
    out->requested_by = json_text(j, "requested_by");
    if (!span_to_i64(json_text(j, "deadline_ms"), &out->deadline_ms)) out->deadline_ms = 0;
    return true;
}
