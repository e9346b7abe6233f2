/* redact.c: what the desk has struck from a page: names, sentences, pictures. It is taken out of
 * each version when the page's set is read, before anything is decided or made of it, so that what
 * comes later, and what is built again, is struck as well. A version is still judged as it was
 * sent: striking a word lifts no hold. Strikes nothing of what only decides. */
#include "decide.h"

/* ---- which ---- */
static bool is_same(struct arena *a, struct span x, struct span y, bool is_picture)
{
    return is_picture ? span_eq(span_trim(x), span_trim(y)) : strike_same(a, x, y);
}

/* The list without one, or without all where none is named. */
static size_t drop(struct arena *a, struct span *list, size_t n, struct span one, bool is_picture)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (one.n && !is_same(a, list[i], one, is_picture)) list[kept++] = list[i];
    return kept;
}

void desk_redactions(struct arena *a, const struct act *acts, size_t count, struct redactions *out)
{
    struct span *words = ARENA_ARRAY(a, struct span, count + 1),
                *pictures = ARENA_ARRAY(a, struct span, count + 1);
    *out = (struct redactions){.words = words, .pictures = pictures};
    for (size_t i = 0; i < count; i++) {
        const struct act *t = &acts[i];
        bool adds = t->kind == ACT_REDACT, all = !t->text.n && !t->picture.n;
        if (!adds && t->kind != ACT_UNREDACT) continue;
        if (all || t->text.n) out->word_count = drop(a, words, out->word_count, t->text, false);
        if (all || t->picture.n)
            out->picture_count = drop(a, pictures, out->picture_count, t->picture, true);
        if (adds && t->text.n) words[out->word_count++] = t->text;
        if (adds && t->picture.n) pictures[out->picture_count++] = span_trim(t->picture);
        out->at_ms = t->at_ms;
    }
}

/* ---- words ---- */
/* A mark alone, or with commas around it, says nothing: the field counts as empty. */
static bool says_something(struct arena *a, struct span text)
{
    return strike_fits(a, text);
}

struct span desk_strike(struct arena *a, struct span text, const struct redactions *r)
{
    struct span out = text_strike(a, text, r->words, r->word_count);
    return out.p == text.p || says_something(a, out) ? out : S("");
}

static void strike_list(
    struct arena *a, struct span **list, uint32_t *count, const struct redactions *r)
{
    struct span *copy = ARENA_ARRAY(a, struct span, *count + 1);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++)
        if (text_strike(a, (*list)[i], r->words, r->word_count).p == (*list)[i].p)
            copy[kept++] = (*list)[i];
    *list = copy;
    *count = kept;
}

/* A subject or keyword that holds the words is left out whole: half a tag is none. */
static void strike_subjects(struct arena *a, struct story *s, const struct redactions *r)
{
    struct subject *copy = ARENA_ARRAY(a, struct subject, s->subject_count + 1);
    for (uint32_t i = 0; i < s->subject_count; i++) {
        copy[i] = s->subjects[i];
        if (text_strike(a, copy[i].name, r->words, r->word_count).p != copy[i].name.p)
            copy[i].name = S("");
    }
    s->subjects = copy;
}

static void strike_pictures(struct arena *a, struct story *s, const struct redactions *r)
{
    struct picture *copy = ARENA_ARRAY(a, struct picture, s->picture_count + 1);
    for (uint32_t i = 0; i < s->picture_count; i++) {
        copy[i] = s->pictures[i];
        struct span *const texts[] = {&copy[i].headline, &copy[i].caption, &copy[i].credit,
            &copy[i].byline, &copy[i].copyright, &copy[i].alt};
        for (size_t k = 0; k < COUNT(texts); k++) *texts[k] = desk_strike(a, *texts[k], r);
    }
    s->pictures = copy;
}

static void strike_notes(struct arena *a, struct story *s, const struct redactions *r)
{
    struct note *copy = ARENA_ARRAY(a, struct note, s->note_count + 1);
    for (uint32_t i = 0; i < s->note_count; i++) {
        copy[i] = s->notes[i];
        copy[i].text = desk_strike(a, copy[i].text, r);
    }
    s->notes = copy;
}

const struct story *desk_strike_story(
    struct arena *a, const struct story *story, const struct redactions *r)
{
    if (!r->word_count) return story;
    struct story *s = ARENA_NEW(a, struct story);
    *s = *story;
    struct span *const texts[] = {&s->headline, &s->byline, &s->dateline, &s->creditline,
        &s->abstract, &s->change_note, &s->credits, &s->copyright_holder, &s->copyright};
    for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = desk_strike(a, *texts[i], r);
    s->body = html_strike(a, s->body, r->words, r->word_count);
    if (s->body.s.p != story->body.s.p) {
        s->body_text = html_to_text(a, s->body.s);
        if (!says_something(a, s->body_text)) s->body_text = S("");
    }
    strike_subjects(a, s, r);
    strike_list(a, &s->keywords, &s->keyword_count, r);
    strike_pictures(a, s, r);
    strike_notes(a, s, r);
    return s;
}

void desk_strike_set(struct arena *a, struct desk_set *set)
{
    desk_redactions(a, set->acts, set->act_count, &set->struck);
    if (!set->struck.word_count) return;
    struct desk_version *versions = ARENA_ARRAY(a, struct desk_version, set->version_count + 1);
    struct act *acts = ARENA_ARRAY(a, struct act, set->act_count + 1);
    for (size_t i = 0; i < set->version_count; i++) {
        versions[i] = set->versions[i];
        versions[i].sent = versions[i].story;
        versions[i].story = desk_strike_story(a, versions[i].sent, &set->struck);
    }
    for (size_t i = 0; i < set->act_count; i++) {
        acts[i] = set->acts[i];
        bool is_public = acts[i].kind == ACT_HEADLINE || acts[i].kind == ACT_RESLUG ||
                         acts[i].kind == ACT_TAKEDOWN || acts[i].kind == ACT_KILL;
        if (is_public) acts[i].text = desk_strike(a, acts[i].text, &set->struck);
    }
    set->versions = versions;
    set->acts = acts;
}

/* ---- pictures ---- */
/* Named as the wire does, or by the address that readers see: /pictures/HASH-640.jpg. */
bool desk_strikes_picture(const struct redactions *r, const struct span *names, size_t count)
{
    enum { HASH_HEX_MIN = 32 };
    for (size_t i = 0; i < r->picture_count; i++)
        for (size_t k = 0; k < count; k++) {
            if (!names[k].n) continue;
            if (span_eq(r->pictures[i], names[k])) return true;
            if (names[k].n >= HASH_HEX_MIN && span_find(r->pictures[i], names[k]) >= 0) return true;
        }
    return false;
}
