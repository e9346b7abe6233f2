/* headline.c: cuts the tags that agencies put into headlines and sluglines (C2) and says what they
 * mean. Owns the table of tag words. Cuts only what is unmistakable: a tag in front is in capitals
 * and ends in a hyphen or a colon, a tag in brackets is nothing but tags. Never fails: what is not
 * known stays in the headline. */
#include "story.h"

enum {
    TAGS_MAX = 8, /* in one headline: no wire stacks more */
};

struct tag_word {
    const char *word;
    enum story_change change;
    bool numbered; /* a number may follow: UPDATE 2 */
    bool timid;    /* also an English word: not cut from a headline that is all capitals, unless
                      numbered */
    bool advisory;
    const char *means; /* of another language: the English word for it */
};

static const struct tag_word words[] = {
    {"CORRECTED", CHANGE_CORRECTION, false, false, false},
    {"CORRECTION", CHANGE_CORRECTION, false, false, false},
    {"CORRECTS", CHANGE_CORRECTION, false, true, false},
    {"CORRECTIVE", CHANGE_NONE, false, false, false}, /* a story about another (C14) */
    {"REFILE", CHANGE_REFILE, false, false, false},
    {"REFILED", CHANGE_REFILE, false, false, false},
    {"REPEAT", CHANGE_REPEAT, true, true, false},
    {"RPT", CHANGE_REPEAT, true, false, false},
    {"UPDATE", CHANGE_UPDATE, true, true, false},
    {"UPDATED", CHANGE_UPDATE, false, true, false},
    {"WRAPUP", CHANGE_UPDATE, true, false, false},
    {"ADVISORY", CHANGE_NONE, false, false, true},
    {"STORY WITHDRAWN", CHANGE_NONE, false, false, true},
    {"WITHDRAWN", CHANGE_NONE, false, true, true},
    {"URGENT", CHANGE_NONE, false, true, false},
    /* French */
    {"RECTIFICATIF", CHANGE_CORRECTION, true, false, false, "CORRECTED"},
    {"RECTIFICATION", CHANGE_CORRECTION, false, true, false, "CORRECTED"},
    {"CORRIGÉ", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"ACTUALISATION", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ACTUALISÉ", CHANGE_UPDATE, false, true, false, "UPDATE"},
    {"RÉPÉTITION", CHANGE_REPEAT, true, true, false, "REPEAT"},
    /* Spanish and Portuguese */
    {"CORREGIDO", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"CORRECCIÓN", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"CORRIGIDO", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"CORREÇÃO", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"RETIFICAÇÃO", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"ACTUALIZACIÓN", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ACTUALIZA", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ATUALIZAÇÃO", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ATUALIZA", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"REPETICIÓN", CHANGE_REPEAT, true, true, false, "REPEAT"},
    {"REPETIÇÃO", CHANGE_REPEAT, true, true, false, "REPEAT"},
    {"URGENTE", CHANGE_NONE, false, true, false, "URGENT"},
    /* German */
    {"KORREKTUR", CHANGE_CORRECTION, true, false, false, "CORRECTED"},
    {"KORRIGIERT", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"BERICHTIGUNG", CHANGE_CORRECTION, true, false, false, "CORRECTED"},
    {"AKTUALISIERUNG", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"AKTUALISIERT", CHANGE_UPDATE, false, true, false, "UPDATE"},
    {"WIEDERHOLUNG", CHANGE_REPEAT, true, true, false, "REPEAT"},
    {"EILMELDUNG", CHANGE_NONE, false, false, false, "URGENT"},
    {"EIL", CHANGE_NONE, false, true, false, "URGENT"},
    /* Russian */
    {"ИСПРАВЛЕНО", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"ИСПРАВЛЕНИЕ", CHANGE_CORRECTION, true, false, false, "CORRECTED"},
    {"УТОЧНЕНИЕ", CHANGE_CORRECTION, true, false, false, "CORRECTED"},
    {"ОБНОВЛЕНИЕ", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ОБНОВЛЕНО", CHANGE_UPDATE, true, true, false, "UPDATE"},
    {"ПОВТОР", CHANGE_REPEAT, true, true, false, "REPEAT"},
    {"СРОЧНО", CHANGE_NONE, false, true, false, "URGENT"},
    /* Scripts without capitals: words that stand before a colon for nothing else. */
    {"तत्काल", CHANGE_NONE, false, false, false, "URGENT"},
    {"संशोधित", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"दुरुस्ती", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"भूल सुधार", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"अपडेट", CHANGE_UPDATE, true, false, false, "UPDATE"},
    {"সংশোধিত", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"সংশোধনী", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"আপডেট", CHANGE_UPDATE, true, false, false, "UPDATE"},
    {"திருத்தம்", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"సవరణ", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"تصحیح", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"تصحيح", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"تحديث", CHANGE_UPDATE, true, false, false, "UPDATE"},
    {"عاجل", CHANGE_NONE, false, false, false, "URGENT"},
    {"更正", CHANGE_CORRECTION, false, false, false, "CORRECTED"},
    {"更新", CHANGE_UPDATE, true, false, false, "UPDATE"},
    {"重发", CHANGE_REPEAT, false, false, false, "REPEAT"},
    {"快讯", CHANGE_NONE, false, false, false, "URGENT"},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static struct span skip_spaces(struct span s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == ' ') i++;
    return span_cut(s, i, s.n);
}

static bool has_lower(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] >= 'a' && s.p[i] <= 'z') || (unsigned char)s.p[i] >= 0xC3) return true;
    return false;
}

/* A number of at most three digits at the head of *s; 0 where there is none. */
static uint32_t take_number(struct span *s)
{
    struct span t = skip_spaces(*s);
    uint32_t n = 0;
    size_t i = 0;
    while (i < t.n && i < 3 && is_digit(t.p[i])) n = n * 10 + (uint32_t)(t.p[i++] - '0');
    if (!i || (i < t.n && is_digit(t.p[i]))) return 0;
    *s = span_cut(t, i, t.n);
    return n;
}

/* A hyphen, dash or colon between tag and headline, with its spaces. */
static bool take_mark(struct span *s)
{
    static const char *const marks[] = {"-", "\xE2\x80\x93", "\xE2\x80\x94", ":", "："};
    struct span t = skip_spaces(*s);
    for (size_t i = 0; i < COUNT(marks); i++) {
        struct span m = span_of(marks[i]);
        if (!span_starts(t, m)) continue;
        *s = skip_spaces(span_cut(t, m.n, t.n));
        return true;
    }
    return false;
}

struct cut {
    struct arena *a;
    struct buf tag;
    struct headline_parts *out;
    int count;
};

static void cut_add(struct cut *c, const struct tag_word *w, uint32_t number, const char *qualifier)
{
    if (c->tag.n) buf_lit(&c->tag, ", ");
    buf_str(&c->tag, w->word);
    if (number) {
        buf_char(&c->tag, ' ');
        buf_u64(&c->tag, number);
    }
    buf_str(&c->tag, qualifier);
    if (number && !c->out->number) c->out->number = number;
    if (w->change > c->out->change) c->out->change = w->change;
    c->out->is_advisory |= w->advisory;
    c->count++;
}

/* The longest known word that *s begins with, as a whole word. */
static const struct tag_word *take_word(struct span *s, bool any_case)
{
    const struct tag_word *best = NULL;
    size_t best_n = 0;
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!span_may_start(*s, words[i].word)) continue;
        struct span w = span_of(words[i].word);
        bool is = any_case ? span_starts_nocase(*s, w) : span_starts(*s, w);
        struct span behind = span_cut(*s, w.n, s->n);
        bool ends = !behind.n || !is_letter(behind.p[0]) || span_starts(behind, S("：")) ||
                    span_starts(behind, S("–")) || span_starts(behind, S("—"));
        if (is && w.n > best_n && ends) {
            best = &words[i];
            best_n = w.n;
        }
    }
    *s = span_cut(*s, best_n, s->n);
    return best;
}

/* "(OFFICIAL)" behind CORRECTED, with or without a hyphen before it. */
static bool take_official(struct span *s)
{
    struct span t = skip_spaces(*s);
    if (t.n && t.p[0] == '-') t = skip_spaces(span_cut(t, 1, t.n));
    struct span official = S("(OFFICIAL)");
    if (!span_starts_nocase(t, official)) return false;
    *s = span_cut(t, official.n, t.n);
    return true;
}

/* "3rd Ld-Writethru" (AP): an ordinal, Ld or Lead, perhaps Writethru. */
static bool take_lead(struct cut *c, struct span *s)
{
    struct span t = *s;
    uint32_t n = take_number(&t);
    if (!n || t.n < 2) return false;
    struct span ordinal = span_cut(t, 0, 2);
    if (!span_eq_nocase(ordinal, S("st")) && !span_eq_nocase(ordinal, S("nd")) &&
        !span_eq_nocase(ordinal, S("rd")) && !span_eq_nocase(ordinal, S("th")))
        return false;
    t = skip_spaces(span_cut(t, 2, t.n));
    bool is_ld = span_starts_nocase(t, S("Ld")), is_lead = span_starts_nocase(t, S("Lead"));
    if (!is_ld && !is_lead) return false;
    t = span_cut(t, is_lead ? 4 : 2, t.n);
    struct span rest = t;
    take_mark(&rest);
    bool writethru = span_starts_nocase(rest, S("Writethru"));
    if (writethru) t = span_cut(rest, 9, rest.n);
    if (t.n && is_letter(t.p[0])) return false;
    if (c->tag.n) buf_lit(&c->tag, ", ");
    buf_put(&c->tag, span_trim(span_cut(*s, 0, (size_t)(t.p - s->p))));
    if (!c->out->number) c->out->number = n;
    if (c->out->change < CHANGE_UPDATE) c->out->change = CHANGE_UPDATE;
    c->count++;
    *s = t;
    return true;
}

/* One tag in front: "CORRECTED-(OFFICIAL)-", "UPDATE 2-", "3rd Ld-Writethru: ". */
static bool cut_front(struct cut *c, struct span *s)
{
    struct span t = skip_spaces(*s);
    struct span lead = t;
    struct cut before = *c;
    struct headline_parts parts = *c->out;
    if (take_lead(c, &lead)) {
        struct span rest = lead;
        if (take_mark(&rest) && rest.n) {
            *s = rest;
            return true;
        }
        *c = before;
        *c->out = parts;
        return false;
    }
    const struct tag_word *w = take_word(&t, false);
    if (!w) return false;
    uint32_t number = w->numbered ? take_number(&t) : 0;
    bool official = w->change == CHANGE_CORRECTION && take_official(&t);
    struct span rest = t;
    if (!take_mark(&rest) || !rest.n) return false;
    if (w->timid && !number && !has_lower(rest)) return false;
    cut_add(c, w, number, official ? " (OFFICIAL)" : "");
    *s = rest;
    return true;
}

/* The inside of brackets, if every part between commas is a tag. Agencies add marks for pictures:
 * "(UPDATE 1, PIX, TV)". */
static bool cut_inside(struct cut *c, struct span inside)
{
    static const char *const marks[] = {
        "PIX", "PIXS", "TV", "GRAPHIC", "GRAPHICS", "VIDEO", "OFFICIAL"};
    struct span part;
    int tags = 0;
    while (span_next(&inside, ',', &part)) {
        struct span t = span_trim(part);
        const struct tag_word *w = take_word(&t, true);
        uint32_t number = w && w->numbered ? take_number(&t) : 0;
        bool mark = false;
        for (size_t i = 0; i < COUNT(marks) && !w; i++)
            mark |= span_eq_nocase(t, span_of(marks[i]));
        if (!mark && (!w || span_trim(t).n)) return false;
        if (w && c->count < TAGS_MAX) {
            cut_add(c, w, number, "");
            tags++;
        }
    }
    return tags > 0;
}

static bool try_inside(struct cut *c, struct span inside)
{
    struct cut before = *c;
    struct headline_parts parts = *c->out;
    if (inside.n <= 60 && cut_inside(c, inside)) return true;
    *c = before;
    *c->out = parts;
    return false;
}

/* Tags in brackets at the end or at the head: "… (UPDATE 1)", "[CORRECTED] …". */
static bool cut_brackets(struct cut *c, struct span *s)
{
    static const char pairs[] = "()[]";
    struct span t = span_trim(*s);
    for (int k = 0; k < 4; k += 2) {
        if (t.n && t.p[t.n - 1] == pairs[k + 1]) {
            size_t i = t.n - 1;
            while (i > 0 && t.n - i <= 64 && t.p[i] != pairs[k]) i--;
            if (t.p[i] == pairs[k] && try_inside(c, span_cut(t, i + 1, t.n - 1))) {
                *s = span_trim(span_cut(t, 0, i));
                return true;
            }
        }
        if (t.n && t.p[0] == pairs[k]) {
            ptrdiff_t end = span_find_char(t, pairs[k + 1]);
            if (end > 0 && try_inside(c, span_cut(t, 1, (size_t)end))) {
                *s = span_trim(span_cut(t, (size_t)end + 1, t.n));
                take_mark(s);
                return true;
            }
        }
    }
    return false;
}

/* ", 1st Ld-Writethru" at the end, as AP's sluglines have it. */
static bool cut_lead_behind(struct cut *c, struct span *s)
{
    struct span t = span_trim(*s);
    size_t comma = t.n;
    while (comma > 0 && t.p[comma - 1] != ',') comma--;
    if (comma == 0) return false;
    struct span lead = skip_spaces(span_cut(t, comma, t.n));
    struct cut before = *c;
    struct headline_parts parts = *c->out;
    if (take_lead(c, &lead) && !span_trim(lead).n) {
        *s = span_trim(span_cut(t, 0, comma - 1));
        return true;
    }
    *c = before;
    *c->out = parts;
    return false;
}

const char *headline_tag_means(struct span tag, struct span *rest_out)
{
    *rest_out = tag;
    const struct tag_word *w = take_word(rest_out, false);
    return !w ? NULL : w->means ? w->means : w->word;
}

struct headline_parts headline_cut(struct arena *a, struct span raw)
{
    struct headline_parts out = {0};
    struct cut c = {.a = a, .out = &out};
    buf_init(&c.tag, a, 0);
    struct span rest = span_trim(raw);
    bool found = true;
    while (found && c.count < TAGS_MAX)
        found = cut_front(&c, &rest) || cut_brackets(&c, &rest) || cut_lead_behind(&c, &rest);
    struct span whole = rest;
    const struct tag_word *w = take_word(&whole, false);
    if (w && w->advisory && !span_trim(whole).n) out.is_advisory = true;
    if (span_starts(rest, S("STORY WITHDRAWN"))) out.is_advisory = true;
    out.rest = arena_keep(a, rest);
    out.tag = buf_span(&c.tag);
    return out;
}
