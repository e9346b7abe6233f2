/* credits.c: the reporters' and editors' line ("(Reporting by Asha Rao in Delhi; Editing by Tom
 * Lind)"), in the languages that agencies write it in (duties.c): where it stands, and who did
 * what. What is found is a part of the line: it is marked where it stands and never written again.
 * Takes only what can be nothing else: a line that begins with a duty. Never fails. */
#include "duties.h"

enum {
    CREDITS_MAX = 1000, /* bytes: a dozen reporters with their cities */
    NAME_MAX_BYTES = 90,
    NAME_WORDS = 6,
    HAN_NAME_BYTES = 36, /* twelve characters: a foreigner's name written out */
};

static bool take(struct span *s, struct span head)
{
    if (!span_starts(*s, head)) return false;
    *s = span_cut(*s, head.n, s->n);
    return true;
}

static bool take_any(struct span *s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (take(s, span_of(list[i]))) return true;
    return false;
}

static bool take_colon(struct span *s)
{
    static const char *const colons[] = {":", "：", " :"};
    return take_any(s, colons, COUNT(colons));
}

static bool take_open(struct span *s)
{
    static const char *const opens[] = {"(", "（", "[", "【"};
    return take_any(s, opens, COUNT(opens));
}

static bool is_han(struct span s)
{
    return s.n >= 3 && (unsigned char)s.p[0] >= 0xE3 && (unsigned char)s.p[0] <= 0xE9;
}

/* A duty at the head of *s, which moves behind it and its colon. Chinese writes no space between a
 * duty and a name. */
static const struct duty *take_duty(struct span *s, bool in_brackets)
{
    const struct duty *best = NULL;
    struct span rest = {0};
    for (size_t i = 0; i < duty_count; i++) {
        if (!span_may_start(*s, duties[i].words)) continue;
        struct span t = *s, words = span_of(duties[i].words);
        if ((unsigned char)words.p[0] < 0x80 ? !span_starts_nocase(t, words)
                                             : !span_starts(t, words))
            continue;
        if (best && words.n <= span_of(best->words).n) continue;
        t = span_cut(t, words.n, t.n);
        bool marked = take_colon(&t);
        bool bare = duties[i].form == OPENS || (duties[i].form == WITHIN && in_brackets);
        if (!marked && !(bare && (span_starts(t, S(" ")) || is_han(words)))) continue;
        best = &duties[i];
        rest = t;
    }
    if (best) *s = rest;
    return best;
}

/* May a duty begin behind these bytes? */
static bool ends_clause(struct span before)
{
    static const char *const marks[] = {
        ";", "；", "؛", ",", "，", "،", ".", "。", "।", " -", " –", " —", "/", "|", "、"};
    struct span s = span_trim(before);
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_ends(s, span_of(marks[i]))) return true;
    return false;
}

/* The next duty in text from *at on; *at is where it begins, *behind where its names do. */
static const struct duty *next_duty(struct span text, bool in_brackets, size_t *at, size_t *behind)
{
    for (size_t i = *at; i < text.n; i++) {
        if (((unsigned char)text.p[i] & 0xC0) == 0x80 || text.p[i] == ' ') continue;
        struct span rest = span_cut(text, i, text.n), before = span_cut(text, 0, i);
        /* "Andrew Galbraith Editing by": a capital behind a space is a clause's head too. */
        bool spaced = span_ends(before, S(" ")) && text.p[i] >= 'A' && text.p[i] <= 'Z';
        bool han = is_han(rest) && span_ends(before, S(" "));
        if (i && !spaced && !han && !ends_clause(before)) continue;
        const struct duty *d = take_duty(&rest, in_brackets);
        if (!d) continue;
        *at = i;
        *behind = text.n - rest.n;
        return d;
    }
    return NULL;
}

/* ---- names ---- */
static size_t count_words(struct span s)
{
    size_t words = s.n > 0;
    for (size_t i = 0; i < s.n; i++) words += s.p[i] == ' ';
    return words;
}

/* "Asha Rao in Delhi" -> "Asha Rao". */
static struct span without_place(struct span name)
{
    static const char *const places[] = {" in ", " from ", " at ", " on ", " near ", " aboard ",
        " outside ", " à ", " en ", " em ", " aus ", " в ", " في ", " للنشرة "};
    for (size_t i = 0; i < COUNT(places); i++) {
        ptrdiff_t at = span_find(name, span_of(places[i]));
        if (at > 0) name = span_cut(name, 0, (size_t)at);
    }
    return name;
}

static struct span trim_marks(struct span s)
{
    static const char *const marks[] = {" ", ".", ",", ";", ":", "-", "–", "—", ")", "]", "）",
        "】", "；", "，", "。", "、", "؛", "،", "।", "/", "|", "：", "(", "（"};
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < COUNT(marks); i++) {
            struct span m = span_of(marks[i]);
            /* "Henry B." and "Martin Jr." end in a stop that is the name's own. */
            bool own = m.p[0] == '.' && s.n > 2 &&
                       (s.p[s.n - 3] == ' ' || span_ends(s, S("Jr.")) || span_ends(s, S("Sr.")));
            if (span_ends(s, m) && !own) s = span_cut(s, 0, s.n - m.n), more = true;
            if (span_starts(s, m)) s = span_cut(s, m.n, s.n), more = true;
        }
    }
    return s;
}

static bool is_person(struct span s)
{
    static const char marks[] = "0123456789!?:;()[]\"%&$@<>{}";
    static const char *const offices[] = {"newsroom", "bureau", "desk", "redaktion", "rédaction",
        "redacción", "redação", "editorial", "office", "agency"};
    if (!s.n || s.n > NAME_MAX_BYTES || count_words(s) > NAME_WORDS) return false;
    if (s.p[0] >= 'a' && s.p[0] <= 'z') return false; /* "the newsroom", "and others" */
    if (is_han(s) && s.n > HAN_NAME_BYTES) return false;
    for (size_t i = 0; i < s.n; i++)
        if (span_find_char(span_of(marks), s.p[i]) >= 0) return false;
    for (size_t i = 0; i < COUNT(offices); i++)
        if (span_find_nocase(s, span_of(offices[i])) >= 0) return false;
    return true;
}

/* Between two names. weak: also within one ("José Ortega y Gasset"), so both sides have two words.
 * han: without spaces, so both sides have two characters. */
static const struct joiner {
    const char *word;
    bool weak, han;
} joiners[] = {{",", false, false}, {"，", false, false}, {"،", false, false}, {"、", false, false},
    {";", false, false}, {"；", false, false}, {"؛", false, false}, {" & ", true, false},
    {" and ", false, false}, {" und ", true, false}, {" et ", true, false}, {" y ", true, false},
    {" e ", true, false}, {" и ", true, false}, {" और ", false, false}, {" तथा ", false, false},
    {" एवं ", false, false}, {" आणि ", false, false}, {" व ", true, false}, {" এবং ", false, false},
    {" ও ", true, false}, {" மற்றும் ", false, false}, {" మరియు ", false, false},
    {" اور ", false, false}, {" و ", false, false}, {"和", false, true}, {"及", false, true}};

static bool joins(const struct joiner *j, struct span left, struct span right)
{
    if (j->han) return is_han(left) && is_han(right) && left.n >= 6 && right.n >= 6;
    return !j->weak || (count_words(span_trim(left)) > 1 && count_words(span_trim(right)) > 1);
}

/* The first name of *rest, which moves behind it and its joiner. */
static struct span next_name(struct span *rest)
{
    struct span s = *rest;
    for (size_t i = 1; i < s.n; i++) {
        if (((unsigned char)s.p[i] & 0xC0) == 0x80) continue;
        for (size_t k = 0; k < COUNT(joiners); k++) {
            struct span word = span_of(joiners[k].word), tail = span_cut(s, i, s.n);
            if (!span_starts(tail, word)) continue;
            struct span left = span_cut(s, 0, i), right = span_cut(tail, word.n, tail.n);
            if (!joins(&joiners[k], left, right)) continue;
            *rest = right;
            return left;
        }
    }
    *rest = S("");
    return s;
}

size_t story_names(struct span line, struct span *list, size_t max)
{
    static const char *const heads[] = {"By ", "by ", "BY ", "Von ", "VON ", "Par ", "PAR ", "Por ",
        "POR ", "Door ", "DOOR ", "Av ", "AV ", "Af ", "AF "};
    size_t n = 0;
    struct span rest = span_trim(line);
    take_any(&rest, heads, COUNT(heads));
    while (rest.n && n < max) {
        struct span name = span_trim(next_name(&rest));
        if (name.n) list[n++] = name;
    }
    return n;
}

/* "Asha Rao, Delhi": behind a name of two words one word is where he was, not another name. */
static bool is_place_of(struct span part, const struct credit *list, size_t n)
{
    return n > 0 && count_words(part) == 1 && count_words(list[n - 1].name) > 1;
}

/* Names of one duty: what is none (a newsroom, a city behind a comma) is left out. Chinese parts
 * names by spaces too. */
static size_t names_of(struct span text, enum credit_role role, struct credit *list, size_t max)
{
    size_t n = 0;
    while (text.n && n < max) {
        struct span name = trim_marks(without_place(trim_marks(next_name(&text)))), part = name;
        bool han = is_han(name);
        while (han && span_next(&name, ' ', &part) && n < max)
            if (is_person(part)) list[n++] = (struct credit){role, part};
        if (!han && is_person(part) && !is_place_of(part, list, n))
            list[n++] = (struct credit){role, part};
    }
    return n;
}

size_t story_credits(struct span line, struct credit *list, size_t max)
{
    struct span text = span_trim(line);
    bool in_brackets = take_open(&text);
    size_t n = 0, at = 0, behind = 0;
    text = span_trim(text);
    const struct duty *d = next_duty(text, in_brackets, &at, &behind);
    if (!d || at != 0) return 0;
    while (d && n < max) {
        size_t from = behind;
        at = behind;
        const struct duty *next = next_duty(text, in_brackets, &at, &behind);
        n += names_of(span_cut(text, from, next ? at : text.n), d->role, list + n, max - n);
        d = next;
    }
    return n;
}

/* ---- where it stands ---- */
static bool closes(struct span s)
{
    static const char *const ends[] = {")", "）", "]", "】", ").", "）。"};
    for (size_t i = 0; i < COUNT(ends); i++)
        if (span_ends(s, span_of(ends[i]))) return true;
    return false;
}

/* English lines open with words that open no sentence; the others name somebody. */
static bool is_line(struct span text)
{
    struct credit one;
    struct span rest = span_trim(text);
    bool in_brackets = take_open(&rest);
    if (in_brackets && !closes(text)) return false;
    rest = span_trim(rest);
    const struct duty *d = take_duty(&rest, in_brackets);
    return d && (d->form == OPENS || story_credits(text, &one, 1) > 0);
}

struct span story_credits_in(struct span text)
{
    text = span_trim(text);
    if (text.n <= CREDITS_MAX && is_line(text)) return text;
    if (!closes(text)) return (struct span){0};
    for (size_t i = text.n; i > 0 && text.n - i < CREDITS_MAX; i--) {
        struct span tail = span_cut(text, i - 1, text.n), head = tail;
        if (take_open(&head) && is_line(tail)) return tail;
    }
    return (struct span){0};
}

const char *story_credit_role(enum credit_role r)
{
    static const char *const names[] = {[CREDIT_REPORTING] = "reporting",
        [CREDIT_WRITING] = "writing",
        [CREDIT_COMPILING] = "compiling",
        [CREDIT_EDITING] = "editing",
        [CREDIT_TRANSLATING] = "translating"};
    return names[r];
}
