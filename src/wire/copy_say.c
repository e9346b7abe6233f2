/* copy_say.c: what the words in the lines above a text order. Owns the table of words in
 * the languages of the wires read here. Generous where a word may mean that something is not for
 * readers: a false find costs an editor a click. Never decides: it fills the story, the desk
 * decides. */
#include "copy.h"

#include <string.h>

#include "clock.h"

/* ---- words ---- */

enum said { UPDATES, CORRECTS, REFILES, REPEATS, PART_ONLY, NO_STORY, NOT_YET, ORDERS, TESTS };

/* Folded, as text_words gives them. */
static const struct word {
    const char *words;
    enum said said;
} table[] = {
    {"lead", UPDATES},
    {"ld", UPDATES},
    {"writethru", UPDATES},
    {"update", UPDATES},
    {"updates", UPDATES},
    {"updated", UPDATES},
    {"roundup", UPDATES},
    {"wrapup", UPDATES},
    {"zusammenfassung", UPDATES},
    {"gesamtzusammenfassung", UPDATES},
    {"aktualisiert", UPDATES},
    {"aktualisierung", UPDATES},
    {"neu", UPDATES},
    {"actualisé", UPDATES},
    {"actualisation", UPDATES},
    {"actualiza", UPDATES},
    {"aggiorna", UPDATES},
    {"uppdatering", UPDATES},
    {"correction", CORRECTS},
    {"corrected", CORRECTS},
    {"corrects", CORRECTS},
    {"berichtigung", CORRECTS},
    {"berichtigt", CORRECTS},
    {"korrektur", CORRECTS},
    {"korrigiert", CORRECTS},
    {"rectificatif", CORRECTS},
    {"rectification", CORRECTS},
    {"corrección", CORRECTS},
    {"correccion", CORRECTS},
    {"corrige", CORRECTS},
    {"rettifica", CORRECTS},
    {"correzione", CORRECTS},
    {"rättelse", CORRECTS},
    {"rettelse", CORRECTS},
    {"rectificatie", CORRECTS},
    {"refile", REFILES},
    {"refiled", REFILES},
    {"refiles", REFILES},
    {"repeat", REPEATS},
    {"repeats", REPEATS},
    {"rpt", REPEATS},
    {"wiederholung", REPEATS},
    {"répétition", REPEATS},
    {"add", PART_ONLY},
    {"adds take", PART_ONLY},
    {"insert", PART_ONLY},
    {"sub", PART_ONLY},
    {"take 2", PART_ONLY},
    {"take 3", PART_ONLY},
    {"take two", PART_ONLY},
    {"2nd take", PART_ONLY},
    {"3rd take", PART_ONLY},
    {"fortsetzung", PART_ONLY},
    {"suite", PART_ONLY},
    {"planungshinweis", NO_STORY},
    {"terminhinweis", NO_STORY},
    {"terminvorschau", NO_STORY},
    {"tagesvorschau", NO_STORY},
    {"achtung redaktionen", NO_STORY},
    {"redaktioneller hinweis", NO_STORY},
    {"advisory", NO_STORY},
    {"daybook", NO_STORY},
    {"digest", NO_STORY},
    {"budget", NO_STORY},
    {"planner", NO_STORY},
    {"note to editors", NO_STORY},
    {"avis aux rédactions", NO_STORY},
    {"prévisions", NO_STORY},
    {"embargo", NOT_YET},
    {"embargoed", NOT_YET},
    {"sperrfrist", NOT_YET},
    {"hfr", NOT_YET},
    {"hold for release", NOT_YET},
    {"for release", NOT_YET},
    {"advance for", NOT_YET},
    {"kill", ORDERS},
    {"withdrawn", ORDERS},
    {"withhold", ORDERS},
    {"hold", ORDERS},
    {"storno", ORDERS},
    {"zurückgezogen", ORDERS},
    {"nicht verwenden", ORDERS},
    {"annulation", ORDERS},
    {"annulée", ORDERS},
    {"annulé", ORDERS},
    {"anulación", ORDERS},
    {"anulada", ORDERS},
    {"annullamento", ORDERS},
    {"annullare", ORDERS},
    {"test", TESTS},
};

void copy_hold(struct arena *a, struct story *s, uint32_t line, const char *why)
{
    story_fault(a, s, line, 1, "%s", why);
    if (s->status == STATUS_USABLE) s->status = STATUS_UNKNOWN;
}

/* What stands behind the colon: "(Berichtigung: Im zweiten Absatz …)". */
static struct span reason_of(struct arena *a, struct span words)
{
    ptrdiff_t colon = span_find_char(words, ':');
    if (colon < 0) return (struct span){0};
    struct span why = span_trim(span_cut(words, (size_t)colon + 1, words.n));
    if (words.p[0] == '(' && span_ends(why, S(")"))) why = span_cut(why, 0, why.n - 1);
    return arena_keep(a, why);
}

static void say_one(struct arena *a, struct story *s, enum said said, struct span words,
    enum copy_place where, uint32_t line)
{
    static const char *const signals[] = {
        [UPDATES] = "sig:update",
        [CORRECTS] = "sig:correction",
        [REFILES] = "sig:refile",
        [REPEATS] = "sig:repeat",
    };
    switch (said) {
    case CORRECTS: /* what is told to editors is never told to readers (A7) */
        if (!s->change_note.n && where != COPY_NOTE) s->change_note = reason_of(a, words);
        /* fall through */
    case UPDATES:
    case REFILES:
    case REPEATS: story_add_signal(a, s, span_of(signals[said])); break;
    case PART_ONLY:
        copy_hold(a, s, line, "it is a part of a story only: an add, insert or take");
        break;
    case NO_STORY: story_add_subject(a, s, SUBJECT_GENRE, S("advisory"), words); break;
    case NOT_YET:
        if (!copy_embargo(a, s, words, line) && s->embargo.kind == WHEN_ABSENT)
            s->embargo = (struct when){.kind = WHEN_EMPTY};
        break;
    case ORDERS: s->kind = KIND_ADVISORY; break;
    case TESTS: s->is_test = true; break;
    }
}

static bool has_small_letter(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'a' && s.p[i] <= 'z') return true;
    return false;
}

/* Of "(Berichtigung: Im zweiten Absatz …)" what stands before the colon; behind it are words like
 * any others, unless it speaks to the newsrooms: "(Achtung: Meldung 0109 wird zurückgezogen)". */
static struct span label_in(struct arena *a, struct span words)
{
    static const char *const calls[] = {"achtung", "attention", "editors", "eds", "atención",
        "redaktionen", "redaktion", "attenzione"};
    ptrdiff_t colon = span_find_char(words, ':');
    if (colon < 0) return words;
    struct span label = span_cut(words, 0, (size_t)colon), folded = text_words(a, label);
    for (size_t i = 0; i < COUNT(calls); i++)
        if (text_has_words(folded, span_of(calls[i]), false, false)) return words;
    return label;
}

static size_t count_words(struct span folded)
{
    size_t n = folded.n > 0;
    for (size_t i = 0; i < folded.n; i++) n += folded.p[i] == ' ';
    return n;
}

/* "KILL", "BULLETIN KILL", "EDITORS: MANDATORY KILL": an order stands first or nearly alone. In
 * "FED TO HOLD RATES" it does not. */
static bool is_bare_order(struct span folded, struct span word)
{
    return count_words(folded) <= 3 || span_starts(folded, word);
}

/* "Test mail, please ignore": in whatever letters. */
static bool is_but_a_test(struct span folded)
{
    static const char *const words[] = {"test", "testing", "tests", "this", "is", "a", "the",
        "only", "just", "of", "our", "line", "mail", "email", "message", "wire", "system", "feed",
        "story", "please", "ignore"};
    struct span word;
    if (!text_has_words(folded, S("test"), false, false)) return false;
    while (span_next(&folded, ' ', &word)) {
        bool known = false;
        for (size_t i = 0; i < COUNT(words); i++) known |= span_eq(word, span_of(words[i]));
        if (!known) return false;
    }
    return true;
}

/* In prose, and in a line that may be a part of the headline, these are words like any other. */
static bool counts(
    enum copy_place where, struct span label, struct span folded, const struct word *w)
{
    bool strong =
        w->said == PART_ONLY || w->said == NO_STORY || w->said == ORDERS || w->said == TESTS;
    if (!strong || where == COPY_KEY) return true;
    if (where == COPY_LINE && label.p[0] == '(') return true;
    if (w->said == TESTS && is_but_a_test(folded)) return true;
    return !has_small_letter(label) && is_bare_order(folded, span_of(w->words));
}

static bool says(struct span words, struct span folded, const struct word *w)
{
    bool release = text_has_words(folded, S("hold for release"), false, false);
    return words.n && text_has_words(folded, span_of(w->words), false, false) &&
           !(w->said == ORDERS && release);
}

/* "TEST", "THIS IS A TEST", "TEST STORY 3"; not "TEST CRICKET RESULTS". */
static bool is_sport(struct span folded)
{
    static const char *const words[] = {
        "cricket", "match", "matches", "series", "innings", "rugby"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_has_words(folded, span_of(words[i]), false, false)) return true;
    return false;
}

/* Of most notes it is told without folding them: "test" does not stand there, and nothing of which
 * folding might make it: no letter from U+00C0 to U+00FF becomes one of ASCII alone, no punctuation
 * from U+2010 to U+2027 any, and none of them vanishes. */
static bool may_be_a_test(struct span words)
{
    for (size_t i = 0; i < words.n; i++) {
        unsigned char c = (unsigned char)words.p[i];
        struct span behind = span_cut(words, i + 1, words.n);
        bool mark = c == 0xE2 && span_starts(behind, S("\x80")) && behind.n > 1 &&
                    (unsigned char)behind.p[1] >= 0x90 && (unsigned char)behind.p[1] <= 0xA7;
        if (c >= 0xC0 && c != 0xC3 && !mark) return true;
    }
    return span_find_nocase(words, S("test")) >= 0;
}

/* Is it in capitals and means one of these? */
static bool is_any(struct arena *a, struct span words, unsigned said)
{
    words = span_cut(words, 0, STORY_TEXT_MAX);
    ptrdiff_t colon = span_find_char(words, ':'); /* the label is what stands before it, or all */
    struct span head = span_cut(words, 0, colon < 0 ? words.n : (size_t)colon);
    if (has_small_letter(head) && !may_be_a_test(words)) return false;
    struct span label = label_in(a, words), folded = text_words(a, label);
    if (said >> TESTS & 1 && is_but_a_test(folded)) return true;
    if (has_small_letter(label)) return false;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct word *w = &table[i];
        if (said >> w->said & 1 && says(words, folded, w) &&
            is_bare_order(folded, span_of(w->words)) && !(w->said == TESTS && is_sport(folded)))
            return true;
    }
    return false;
}

bool copy_is_order(struct arena *a, struct span words)
{
    return is_any(a, words, 1u << ORDERS | 1u << TESTS);
}

bool copy_is_key(struct arena *a, struct span words)
{
    return is_any(a, words, 1u << ORDERS | 1u << TESTS | 1u << PART_ONLY | 1u << NO_STORY);
}

/* A digest of stories has "kill" and "hold" too; an order has them in capitals, or with its object.
 */
static bool is_common(const struct word *w)
{
    return strcmp(w->words, "kill") == 0 || strcmp(w->words, "hold") == 0;
}

bool copy_warns(struct arena *a, struct span words, bool embargoes)
{
    static const char *const others[] = {"please kill", "kill the", "kill this", "kill it",
        "kill our", "kill attached", "kill story", "please hold", "hold the", "hold this",
        "hold it", "hold until", "hold attached", "on hold", "do not use", "do not publish",
        "not to be used", "not to be published", "not for publication", "not for use", "withdraw",
        "withheld", "must not be used", "must not be published", "nicht veröffentlichen",
        "ne pas publier", "ne pas utiliser", "no publicar", "no utilizar"};
    struct span folded = text_words(a, words);
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct word *w = &table[i];
        bool wanted = w->said == ORDERS || (w->said == NOT_YET && embargoes);
        if (wanted && !is_common(w) && text_has_words(folded, span_of(w->words), false, false))
            return true;
    }
    for (size_t i = 0; i < COUNT(others); i++)
        if (text_has_words(folded, span_of(others[i]), false, false)) return true;
    return span_find(words, S("KILL")) >= 0 || span_find(words, S("HOLD")) >= 0;
}

bool copy_say(
    struct arena *a, struct story *s, struct span words, enum copy_place where, uint32_t line)
{
    static const char *const roles[] = {"take-key", "take-key", "editors"};
    words = span_cut(words, 0, STORY_TEXT_MAX);
    if (!words.n) return false;
    struct span label = where == COPY_NOTE ? words : label_in(a, words);
    struct span folded = text_words(a, label);
    bool orders = false;
    story_add_note(a, s, span_of(roles[where]), words, false);
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct word *w = &table[i];
        if (!says(words, folded, w) || !counts(where, label, folded, w)) continue;
        say_one(a, s, w->said, words, where, line);
        orders |= w->said == ORDERS;
    }
    return orders;
}

/* ---- embargoes ---- */

/* Behind the order: "UNTIL 0600 GMT …", ": 2026-01-23T06:00:00Z". Prose is not guessed at. */
static struct when instant_in(struct span words)
{
    static const char *const leads[] = {"until", "till", "to", "for", "bis", "jusqu'au", "hasta"};
    words = span_trim(words);
    for (bool cut = true; cut && words.n;) {
        cut = false;
        for (size_t i = 0; i < COUNT(leads); i++) {
            struct span l = span_of(leads[i]);
            if (!span_starts_nocase(words, l) || words.n <= l.n || words.p[l.n] > ' ') continue;
            words = span_trim(span_cut(words, l.n, words.n));
            cut = true;
        }
        if (words.n && (words.p[0] == ':' || words.p[0] == '-')) {
            words = span_trim(span_cut(words, 1, words.n));
            cut = true;
        }
    }
    while (words.n && strchr("*)].", words.p[words.n - 1]))
        words = span_trim(span_cut(words, 0, words.n - 1));
    if (!words.n) return (struct when){.kind = WHEN_EMPTY};
    struct when t = when_iso(words);
    return t.kind == WHEN_UNREADABLE ? when_rfc822(words) : t;
}

/* "EMBARGO ON ARMS IS LIFTED" is news, "EMBARGO ON PUBLICATION UNTIL 6" is not. */
static bool is_news(struct arena *a, struct span behind)
{
    static const char *const news[] = {"on", "against", "over", "imposed", "row", "talks"},
                             *const ours[] = {"until", "till", "publication", "release", "use"};
    struct span folded = text_words(a, behind), rest = folded, first = copy_word(&rest);
    for (size_t i = 0; i < COUNT(ours); i++)
        if (text_has_words(folded, span_of(ours[i]), false, false)) return false;
    for (size_t i = 0; i < COUNT(news); i++)
        if (span_eq(first, span_of(news[i]))) return true;
    return false;
}

/* Does the line begin as an embargo does? What stands behind that. */
static bool embargo_in(struct arena *a, struct span words, struct span *behind_out)
{
    static const char *const heads[] = {"embargoed", "embargo", "strictly embargoed",
        "strict embargo", "under embargo", "sperrfrist", "hold for release", "not for release",
        "not for publication", "not for use", "for release"};
    struct span at = span_trim(span_cut(words, 0, STORY_TEXT_MAX));
    while (at.n && strchr("(*[ ", at.p[0])) at = span_cut(at, 1, at.n);
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct span head = span_of(heads[i]);
        if (!span_starts_nocase(at, head)) continue;
        struct span rest = span_cut(at, head.n, at.n);
        if (rest.n && ((rest.p[0] | 0x20) >= 'a' && (rest.p[0] | 0x20) <= 'z')) continue;
        if (i == COUNT(heads) - 1 && span_starts_nocase(span_trim(rest), S("immediate")))
            return false;
        if (strcmp(heads[i], "embargo") == 0 && is_news(a, rest)) return false;
        *behind_out = rest;
        return true;
    }
    return false;
}

bool copy_is_embargo(struct arena *a, struct span words)
{
    struct span behind;
    return embargo_in(a, words, &behind);
}

bool copy_embargo(struct arena *a, struct story *s, struct span words, uint32_t line)
{
    struct span behind;
    if (!embargo_in(a, words, &behind)) return false;
    struct when t = instant_in(behind);
    if (t.kind == WHEN_UNREADABLE)
        story_fault(a, s, line, 1, "an embargo in words that cannot be read as a time");
    if (s->embargo.kind == WHEN_ABSENT)
        s->embargo = t;
    else if (s->embargo.kind != t.kind || s->embargo.ms != t.ms)
        s->embargo = (struct when){.kind = WHEN_UNREADABLE};
    return true;
}
