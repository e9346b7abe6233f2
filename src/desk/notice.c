/* notice.c: kills, holds and releases that agencies send as words to editors instead of a status
 * (K8 to K10, K14): is an item one, and what does it name? Owns the table of forms, in the
 * languages of the wires read here. Generous in recognising: what is held by mistake costs an
 * editor a click. Careful in obeying: what also stands in prose (unsure) counts only with a code or
 * a guid beside it. Never looks for the story itself. */
#include <string.h>

#include "decide.h"

enum where { IN_HEAD = 1, IN_OPENING = 2, HEAD_START = 4, OPENING_START = 8 };
enum letters { SMALL, AS_IS }; /* compared folded, or as written */

enum {
    OPENING_POINTS = 300, /* of the body: a notice comes to its point */
    NOTICE_BYTES = 2500,  /* of a body: what is longer is a story, whatever its first words */
    LABEL_MAX = 24,       /* bytes of "STORY NUMBER" before its colon */
};

static const struct form {
    const char *words;
    enum notice_kind kind;
    int where;
    enum letters letters;
    bool sure;
} forms[] = {
    {"KILL KILL KILL", NOTICE_KILL, IN_HEAD | IN_OPENING, AS_IS, true},
    {"STORY WITHDRAWN", NOTICE_KILL, IN_HEAD | IN_OPENING, AS_IS, true},
    {"STORY KILLED", NOTICE_KILL, HEAD_START | OPENING_START, AS_IS, true},
    {"WITHDRAWN", NOTICE_KILL, HEAD_START, AS_IS, true},
    {"BULLETIN KILL", NOTICE_KILL, IN_HEAD | OPENING_START, AS_IS, true},
    {"mandatory kill", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, true},
    {"kill notice", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"kill advisory", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"editors please kill", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"please kill", NOTICE_KILL, HEAD_START | OPENING_START, SMALL, true},
    {"please kill", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    {"story is withdrawn", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    {"story has been withdrawn", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    {"story was withdrawn", NOTICE_KILL, IN_HEAD, SMALL, false},
    /* German */
    {"meldung zurückgezogen", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"meldung wird zurückgezogen", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"zurückgezogen", NOTICE_KILL, HEAD_START | OPENING_START, SMALL, true},
    {"meldung ist zurückgezogen", NOTICE_KILL, IN_OPENING, SMALL, false},
    {"wird hiermit zurückgezogen", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    {"zieht die meldung", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    {"ziehen wir zurück", NOTICE_KILL, IN_OPENING, SMALL, false},
    /* French */
    {"dépêche annulée", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"annulation de dépêche", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"prière d'annuler", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"veuillez annuler", NOTICE_KILL, HEAD_START | OPENING_START, SMALL, true},
    {"ANNULATION", NOTICE_KILL, HEAD_START, AS_IS, true},
    {"dépêche est annulée", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    /* Spanish */
    {"ANULACIÓN", NOTICE_KILL, HEAD_START, AS_IS, true},
    {"ANULADA", NOTICE_KILL, HEAD_START, AS_IS, true},
    {"noticia anulada", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"despacho anulado", NOTICE_KILL, IN_HEAD | OPENING_START, SMALL, true},
    {"rogamos anular", NOTICE_KILL, HEAD_START | OPENING_START, SMALL, true},
    {"por favor anulen", NOTICE_KILL, HEAD_START | OPENING_START, SMALL, true},
    {"queda anulada", NOTICE_KILL, IN_HEAD | IN_OPENING, SMALL, false},
    /* holds */
    {"HOLD HOLD HOLD", NOTICE_HOLD, IN_HEAD | IN_OPENING, AS_IS, true},
    {"STORY ON HOLD", NOTICE_HOLD, IN_HEAD | OPENING_START, AS_IS, true},
    {"please hold the story", NOTICE_HOLD, IN_HEAD | OPENING_START, SMALL, true},
    {"vorerst nicht verwenden", NOTICE_HOLD, IN_HEAD | IN_OPENING, SMALL, false},
    {"ne pas utiliser", NOTICE_HOLD, HEAD_START | OPENING_START, SMALL, false},
    {"no utilizar", NOTICE_HOLD, HEAD_START | OPENING_START, SMALL, false},
};

/* What takes a hold back: ordinary words, so that only a message to editors can say them. */
static const char *const releases[] = {"may be used", "may now be used", "is released",
    "is released again", "hold is lifted", "hold lifted", "hold released",
    "released for publication", "kann verwendet werden", "darf verwendet werden", "ist freigegeben",
    "sperre aufgehoben", "peut être utilisée", "peut être utilisé", "puede utilizarse",
    "puede usarse"};

enum { BEGINNINGS = 1024, BEGINNING_LETTERS = 4 };
/* A text that the table is held against, and how its words begin: of some sixty phrases hardly one
 * begins so, and only that is looked for. Asked of every version at every decision. */
struct scanned {
    struct span text;
    uint64_t begins[BEGINNINGS / 64];
    bool is_ascii;
};
struct looked {
    struct scanned head, slug, opening, head_small, slug_small, opening_small;
};

/* Of the first letters of a word, in either case: a word that is shorter ends in what it lacks. */
static size_t beginning_of(struct span word)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < BEGINNING_LETTERS; i++) {
        bool is_in = i < word.n && words_is_letter(word.p[i]);
        letters = letters << 8 | (is_in ? (unsigned char)word.p[i] | 0x20u : 0);
        if (!is_in) word.n = 0;
    }
    return (letters * UINT32_C(2654435761)) >> 22;
}

static struct scanned scan(struct span text)
{
    struct scanned t = {.text = text, .is_ascii = true};
    bool in_word = false;
    for (size_t i = 0; i < text.n; i++) {
        bool is_letter = words_is_letter(text.p[i]);
        if (is_letter && !in_word) {
            size_t at = beginning_of(span_cut(text, i, text.n));
            t.begins[at / 64] |= (uint64_t)1 << at % 64;
        }
        in_word = is_letter;
        t.is_ascii = t.is_ascii && (unsigned char)text.p[i] < 0x80;
    }
    return t;
}

/* Where ASCII loses nothing the words begin as before. */
static struct scanned folded(struct arena *a, const struct scanned *t)
{
    struct span text = text_casefold(a, t->text);
    if (!t->is_ascii || text.n != t->text.n) return scan(text);
    struct scanned out = *t;
    out.text = text;
    return out;
}

/* What is looked for: words of which the first is of letters alone. */
struct phrase {
    struct span words;
    size_t beginning;
};

static struct phrase phrase_of(const char *words)
{
    struct span all = span_of(words);
    return (struct phrase){all, beginning_of(all)};
}

static bool may_have(const struct scanned *t, const struct phrase *p)
{
    return t->begins[p->beginning / 64] >> p->beginning % 64 & 1;
}

static bool has(const struct scanned *t, struct phrase p)
{
    return may_have(t, &p) && words_has(t->text, p.words, true);
}

/* Quotation marks and dashes of all sorts as ASCII has them: else they are taken for letters. */
static struct span plain_marks(struct arena *a, struct span text)
{
    struct buf b;
    if (span_find(text, S("\xE2\x80")) < 0) return text;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        if (!span_starts(span_cut(text, i, text.n), S("\xE2\x80")) || i + 2 >= text.n) {
            buf_char(&b, text.p[i]);
            continue;
        }
        i += 2;
        buf_char(&b, (unsigned char)text.p[i] < 0x96 ? '-' : '"');
    }
    return buf_span(&b);
}

static struct looked texts_of(struct arena *a, const struct story *s)
{
    struct span head = plain_marks(a, s->headline_raw.n ? s->headline_raw : s->headline),
                slug = plain_marks(a, s->slugline),
                opening = plain_marks(a, utf8_head(s->body_text, OPENING_POINTS));
    struct looked t = {.head = scan(head), .slug = scan(slug), .opening = scan(opening)};
    t.head_small = folded(a, &t.head);
    t.slug_small = folded(a, &t.slug);
    t.opening_small = folded(a, &t.opening);
    return t;
}

/* What somebody says, in quotation marks, is no order of the agency's. */
static bool begins(const struct scanned *t, struct phrase p)
{
    struct span text = t->text;
    if (!may_have(t, &p)) return false;
    size_t i = 0;
    while (i < text.n && !words_is_letter(text.p[i]) && text.p[i] != '"') i++;
    return words_at(span_cut(text, i, text.n), p.words, true) > 0;
}

static bool found_in_head(const struct looked *t, const struct form *f, struct phrase words)
{
    bool as_is = f->letters == AS_IS;
    const struct scanned *head = as_is ? &t->head : &t->head_small,
                         *slug = as_is ? &t->slug : &t->slug_small;
    if (f->where & IN_HEAD && (has(head, words) || has(slug, words))) return true;
    return f->where & HEAD_START && (begins(head, words) || begins(slug, words));
}

static bool found_in_opening(const struct looked *t, const struct form *f, struct phrase words)
{
    const struct scanned *opening = f->letters == AS_IS ? &t->opening : &t->opening_small;
    if (f->where & IN_OPENING && has(opening, words)) return true;
    return f->where & OPENING_START && begins(opening, words);
}

static bool is_message(const struct story *s, const struct looked *t)
{
    return s->kind == KIND_ADVISORY || begins(&t->head, phrase_of("ADVISORY")) ||
           begins(&t->slug, phrase_of("ADVISORY"));
}

/* Some talk of the agency's own copy: of a diary's meetings many are annulled too. */
static bool speaks_of_copy(const struct looked *t)
{
    static const char *const words[] = {"story", "stories", "article", "item", "copy", "alert",
        "meldung", "meldungen", "bericht", "dépêche", "texte", "noticia", "despacho", "notizia"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (has(&t->head_small, phrase_of(words[i])) || has(&t->opening_small, phrase_of(words[i])))
            return true;
    return false;
}

/* "ADVISORY: … story is withdrawn". Of other stories only an inquiry may be withdrawn, or a troop.
 * A noun is an order where the message begins with it. */
static bool message_kills(const struct looked *t)
{
    static const char *const words[] = {"is withdrawn", "has been withdrawn", "was withdrawn",
        "withdraws story", "zurückgezogen", "annulée", "anulada"};
    static const char *const nouns[] = {
        "kill", "annulation", "anulación", "storno", "annullamento"};
    for (size_t i = 0; i < COUNT(nouns); i++)
        if (begins(&t->head_small, phrase_of(nouns[i])) ||
            begins(&t->opening_small, phrase_of(nouns[i])))
            return true;
    for (size_t i = 0; i < COUNT(words); i++)
        if (has(&t->head_small, phrase_of(words[i])) ||
            (has(&t->opening_small, phrase_of(words[i])) && speaks_of_copy(t)))
            return true;
    return false;
}

static bool releases_found(const struct looked *t)
{
    for (size_t i = 0; i < COUNT(releases); i++)
        if (has(&t->head_small, phrase_of(releases[i])) ||
            has(&t->opening_small, phrase_of(releases[i])))
            return true;
    return false;
}

/* "FED-HOLD/" is a slugline like any other. */
static bool speaks_of_hold(const struct story *s, const struct looked *t)
{
    bool first = begins(&t->head, phrase_of("HOLD")) || begins(&t->slug, phrase_of("HOLD")) ||
                 begins(&t->opening, phrase_of("HOLD"));
    return first && s->body_text.n <= NOTICE_BYTES;
}

/* The gravest that is found; of one gravity the surest. */
struct notice desk_notice(struct arena *a, const struct story *s)
{
    struct notice out = {NOTICE_NONE, false};
    struct looked t = texts_of(a, s);
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct form *f = &forms[i];
        if (f->kind < out.kind || (f->kind == out.kind && out.sure)) continue;
        struct phrase words = phrase_of(f->words);
        bool in_head = found_in_head(&t, f, words);
        if (!in_head && !found_in_opening(&t, f, words)) continue;
        out = (struct notice){f->kind, f->sure && (in_head || s->body_text.n <= NOTICE_BYTES)};
    }
    if (!(out.kind == NOTICE_KILL && out.sure) && is_message(s, &t) && message_kills(&t))
        out = (struct notice){NOTICE_KILL, true};
    if (out.kind == NOTICE_NONE && (is_message(s, &t) || speaks_of_hold(s, &t)) &&
        releases_found(&t))
        out = (struct notice){NOTICE_RELEASE, true};
    if (out.kind == NOTICE_NONE && is_message(s, &t) &&
        (begins(&t.opening, phrase_of("HOLD")) || begins(&t.opening, phrase_of("WITHHOLD"))))
        out = (struct notice){NOTICE_HOLD, true};
    if (s->kind != KIND_TEXT && s->kind != KIND_ADVISORY && s->kind != KIND_COMPOSITE &&
        s->kind != KIND_UNKNOWN)
        out.kind = NOTICE_NONE; /* a picture's caption is no order */
    return out;
}

/* ---- what it names ---- */
static void name_quoted(struct name_list *out, struct span text)
{
    static const char *const pairs[][2] = {{"\"", "\""}, {"\xE2\x80\x9C", "\xE2\x80\x9D"},
        {"\xE2\x80\x9E", "\xE2\x80\x9C"}, {"\xC2\xAB", "\xC2\xBB"},
        {"\xE2\x80\x98", "\xE2\x80\x99"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct span open = span_of(pairs[i][0]), shut = span_of(pairs[i][1]), rest = text;
        ptrdiff_t at, end;
        while ((at = span_find(rest, open)) >= 0) {
            rest = span_cut(rest, (size_t)at + open.n, rest.n);
            if ((end = span_find(rest, shut)) < 0) break;
            name_headline(out, span_cut(rest, 0, (size_t)end));
            rest = span_cut(rest, (size_t)end + shut.n, rest.n);
        }
    }
}

/* "HEADLINE: …", "SLUG: …", "STORY_NUMBER: …" on a line of its own. */
static void name_labelled(struct name_list *out, struct span line)
{
    static const char *const labels[] = {"headline", "title", "story", "story headline", "slug",
        "slugline", "keyword", "titel", "überschrift", "stichwort", "titre", "mot-clé", "título",
        "titular"};
    ptrdiff_t colon = span_find_char(line, ':');
    if (colon <= 0 || colon > LABEL_MAX) return;
    struct span label = text_casefold(out->a, span_trim(span_cut(line, 0, (size_t)colon))),
                value = span_trim(span_cut(line, (size_t)colon + 1, line.n));
    for (size_t i = 0; i < COUNT(labels); i++) {
        if (!span_eq(label, span_of(labels[i]))) continue;
        name_headline(out, value);
        name_slugline(out, value);
    }
}

/* What is left of the notice's own headline and slugline once the words of its order are off. */
static struct span without_order(struct arena *a, struct span text)
{
    static const char *const orders[] = {"kill kill kill", "hold hold hold", "story withdrawn",
        "mandatory kill", "editors please kill", "please kill", "bulletin kill", "kill notice",
        "kill advisory", "advisory", "withdrawn", "meldung zurückgezogen", "zurückgezogen",
        "meldung", "dépêche annulée", "annulation", "anulación", "anulada", "noticia", "kill",
        "hold", "has been", "is", "was", "wird", "the", "story", "stories", "corrective",
        "correction", "may be used", "may now be used", "is released", "lifted", "released",
        "again"};
    struct span words = words_folded(a, text);
    for (bool cut = true; cut && words.n;) {
        cut = false;
        for (size_t i = 0; i < COUNT(orders); i++) {
            struct span o = span_of(orders[i]);
            if (words_at(words, o, true)) {
                words = span_trim(span_cut(words, o.n, words.n));
                cut = true;
            }
            size_t at = words.n > o.n ? words.n - o.n : 0;
            if (words.n >= o.n && span_eq(span_cut(words, at, words.n), o) &&
                (!at || words.p[at - 1] == ' ')) {
                words = span_trim(span_cut(words, 0, at));
                cut = true;
            }
        }
    }
    return words;
}

/* A comma inside of a word belongs to it: "tag:example.org,2026:1". */
static bool ends_token(struct span text, size_t i)
{
    if (text.p[i] == ',') return i + 1 == text.n || text.p[i + 1] == ' ';
    return strchr(" \t\n\r;\"()[]<>", text.p[i]) != NULL;
}

static void name_codes_in(struct name_list *out, struct span text)
{
    size_t i = 0;
    while (i < text.n && out->count < DESK_NAMES_MAX) {
        size_t from = i;
        while (i < text.n && !ends_token(text, i)) i++;
        if (i > from) name_code(out, span_cut(text, from, i));
        i += i == from;
    }
}

void desk_notice_names(struct name_list *out, const struct story *s)
{
    struct span head = s->headline_raw.n ? s->headline_raw : s->headline;
    struct html rest = s->body, block;
    name_guid(out, s->guid);
    for (uint32_t i = 0; i < s->link_count; i++) name_guid(out, s->links[i].guid);
    name_codes_in(out, head);
    name_codes_in(out, s->slugline);
    for (uint32_t i = 0; i < s->note_count; i++) name_codes_in(out, s->notes[i].text);
    name_codes_in(out, utf8_head(s->body_text, NOTICE_POINTS));
    name_quoted(out, head);
    name_quoted(out, utf8_head(s->body_text, NOTICE_POINTS));
    name_headline(out, without_order(out->a, head));
    for (int i = 0; i < NOTICE_LINES && (block = html_next_block(&rest)).s.n; i++)
        if (block.s.n <= STORY_TEXT_MAX) name_labelled(out, html_to_text(out->a, block.s));
    name_slugline(out, without_order(out->a, head));
    name_slugline(out, without_order(out->a, s->slugline));
}
