/* terms.c: terms of use in prose (R2): which of their sentences forbid what a public web page is: a
 * place, the web, an archive, another's picture. Owns the table of phrases. Pictures are held
 * generously, for the text runs without them; a text only where its terms plainly forbid the page.
 * "Editorial use only", "no sales" and a customer's contract forbid nothing here. Never decides. */
#include "decide.h"

enum { TERMS_TEXT_MAX = 8192 }; /* bytes of one text that are looked at; terms are a few lines */

enum where {
    USAGE = 1,   /* terms of use */
    CAPTION = 2, /* where photo desks write them in capitals */
    CREDIT = 4,
    TEXTS = 8, /* also holds a text, in its own terms of use */
    EVERYWHERE = USAGE | CAPTION | TEXTS
};

/* As text_casefold leaves them; a space stands for any run of spaces and of - / _ : , . */
static const struct phrase {
    const char *words;
    int where;
    enum reason_code why;
} phrases[] = {
    /* places */
    {"not for use in", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for use outside", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for use within", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for publication in", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for publication outside", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for distribution in", EVERYWHERE, WHY_TERMS_PLACE},
    {"not for distribution outside", EVERYWHERE, WHY_TERMS_PLACE},
    {"no use in", EVERYWHERE, WHY_TERMS_PLACE},
    {"no use outside", EVERYWHERE, WHY_TERMS_PLACE},
    {"no access", EVERYWHERE, WHY_TERMS_PLACE},
    {"for use only in", EVERYWHERE, WHY_TERMS_PLACE},
    {"only for use in", EVERYWHERE, WHY_TERMS_PLACE},
    {"rights except", USAGE | TEXTS, WHY_TERMS_PLACE},
    {"rights excluding", USAGE | TEXTS, WHY_TERMS_PLACE},
    {"domestic use only", USAGE | TEXTS, WHY_TERMS_PLACE},
    {"except", USAGE, WHY_TERMS_PLACE},
    {"excluding", USAGE, WHY_TERMS_PLACE},
    {"only in", USAGE, WHY_TERMS_PLACE},
    {"outside", USAGE, WHY_TERMS_PLACE},
    {"nicht zur verwendung in", EVERYWHERE, WHY_TERMS_PLACE},
    {"nicht zur verwendung ausserhalb", EVERYWHERE, WHY_TERMS_PLACE},
    {"keine verwendung in", EVERYWHERE, WHY_TERMS_PLACE},
    {"keine verwendung ausserhalb", EVERYWHERE, WHY_TERMS_PLACE},
    {"nur zur verwendung in", EVERYWHERE, WHY_TERMS_PLACE},
    {"gesperrt für", EVERYWHERE, WHY_TERMS_PLACE},
    {"ausserhalb", USAGE, WHY_TERMS_PLACE},
    {"ausgenommen", USAGE, WHY_TERMS_PLACE},
    {"interdit en", EVERYWHERE, WHY_TERMS_PLACE},
    {"interdite en", EVERYWHERE, WHY_TERMS_PLACE},
    {"interdit hors", EVERYWHERE, WHY_TERMS_PLACE},
    {"interdite hors", EVERYWHERE, WHY_TERMS_PLACE},
    {"uniquement en", USAGE | TEXTS, WHY_TERMS_PLACE},
    {"sauf", USAGE, WHY_TERMS_PLACE},
    {"hors de", USAGE, WHY_TERMS_PLACE},
    {"no usar en", EVERYWHERE, WHY_TERMS_PLACE},
    {"no utilizar en", EVERYWHERE, WHY_TERMS_PLACE},
    {"prohibido su uso en", EVERYWHERE, WHY_TERMS_PLACE},
    {"prohibido su uso fuera", EVERYWHERE, WHY_TERMS_PLACE},
    {"solo para uso en", EVERYWHERE, WHY_TERMS_PLACE},
    {"excepto", USAGE, WHY_TERMS_PLACE},
    {"fuera de", USAGE, WHY_TERMS_PLACE},
    /* the web */
    {"no internet", EVERYWHERE, WHY_TERMS_WEB},
    {"no online", EVERYWHERE, WHY_TERMS_WEB},
    {"no on line", EVERYWHERE, WHY_TERMS_WEB},
    {"no web", EVERYWHERE, WHY_TERMS_WEB},
    {"no digital use", EVERYWHERE, WHY_TERMS_WEB},
    {"not for web", EVERYWHERE, WHY_TERMS_WEB},
    {"not for online", EVERYWHERE, WHY_TERMS_WEB},
    {"not for internet", EVERYWHERE, WHY_TERMS_WEB},
    {"print only", EVERYWHERE, WHY_TERMS_WEB},
    {"print use only", EVERYWHERE, WHY_TERMS_WEB},
    {"online out", EVERYWHERE, WHY_TERMS_WEB},
    {"on line out", EVERYWHERE, WHY_TERMS_WEB},
    {"internet out", EVERYWHERE, WHY_TERMS_WEB},
    {"not for publication", EVERYWHERE, WHY_TERMS_WEB},
    {"kein internet", EVERYWHERE, WHY_TERMS_WEB},
    {"keine online", EVERYWHERE, WHY_TERMS_WEB},
    {"nicht für online", EVERYWHERE, WHY_TERMS_WEB},
    {"nicht für das internet", EVERYWHERE, WHY_TERMS_WEB},
    {"nur print", EVERYWHERE, WHY_TERMS_WEB},
    {"nur für print", EVERYWHERE, WHY_TERMS_WEB},
    {"interdit sur internet", EVERYWHERE, WHY_TERMS_WEB},
    {"interdit internet", EVERYWHERE, WHY_TERMS_WEB},
    {"pas d'internet", EVERYWHERE, WHY_TERMS_WEB},
    {"no para internet", EVERYWHERE, WHY_TERMS_WEB},
    {"prohibido en internet", EVERYWHERE, WHY_TERMS_WEB},
    /* archives: a page that stays is one */
    {"no archive", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archives", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archiving", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archival use", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"not for archive", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"not for archives", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"keine archive", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"keine archivierung", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"keine archivnutzung", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"nicht für archive", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"nicht archivieren", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"pas d'archives", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"pas d'archivage", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"archivage interdit", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archivo", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archivos", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    {"no archivar", USAGE | CAPTION, WHY_TERMS_ARCHIVE},
    /* another's picture, handed on */
    {"handout", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"hand out", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"handout photo", CAPTION, WHY_TERMS_HANDOUT},
    {"handout photograph", CAPTION, WHY_TERMS_HANDOUT},
    {"handout picture", CAPTION, WHY_TERMS_HANDOUT},
    {"handout image", CAPTION, WHY_TERMS_HANDOUT},
    {"handout via", CAPTION, WHY_TERMS_HANDOUT},
    {"third party", USAGE, WHY_TERMS_HANDOUT},
    {"by a third party", CAPTION, WHY_TERMS_HANDOUT},
    {"courtesy", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"via", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"zur verfügung gestellt", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"document fourni", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"photo fournie", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"cedida", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"cedido", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    {"cortesía", USAGE | CREDIT, WHY_TERMS_HANDOUT},
    /* an end, where no number of days follows */
    {"no use after", EVERYWHERE, WHY_TERMS_TIME},
    {"digital display after", EVERYWHERE, WHY_TERMS_TIME},
    {"not for use after", EVERYWHERE, WHY_TERMS_TIME},
    {"must be used within", EVERYWHERE, WHY_TERMS_TIME},
    {"use only within", EVERYWHERE, WHY_TERMS_TIME},
    {"only within", USAGE, WHY_TERMS_TIME},
    {"use within", USAGE, WHY_TERMS_TIME},
    {"verwendung nur bis", EVERYWHERE, WHY_TERMS_TIME},
    {"nur innerhalb von", USAGE | TEXTS, WHY_TERMS_TIME},
    {"uniquement dans les", USAGE | TEXTS, WHY_TERMS_TIME},
    {"solo durante", USAGE | TEXTS, WHY_TERMS_TIME},
    /* who must be named */
    {"mandatory credit", USAGE | CAPTION | CREDIT, WHY_TERMS_CREDIT},
    {"credit mandatory", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"must credit", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"must be credited", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"credit required", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"nur mit vollständiger nennung", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"nennung des credits", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"crédit obligatoire", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"mention obligatoire", USAGE | CAPTION, WHY_TERMS_CREDIT},
    {"crédito obligatorio", USAGE | CAPTION, WHY_TERMS_CREDIT},
};

/* What follows the phrase; NULL: it does not stand in the text. */
static struct span after_phrase(struct span text, struct span phrase)
{
    for (ptrdiff_t at, i = 0;
         (at = span_find_char(span_cut(text, (size_t)i, text.n), phrase.p[0])) >= 0; i += at + 1) {
        size_t from = (size_t)(i + at);
        struct span rest = span_cut(text, from, text.n);
        size_t n = from && words_is_letter(text.p[from - 1]) ? 0 : words_at(rest, phrase, true);
        if (n) return span_cut(rest, n, rest.n);
    }
    return (struct span){NULL, 0};
}

/* "14 days …", "30 tagen": the days; 0: no such number stands there. */
static uint32_t days_in(struct span rest)
{
    static const char *const days[] = {
        "days", "day", "tage", "tagen", "jours", "días", "dias", "d"};
    uint64_t n = 0;
    rest = span_trim(rest);
    size_t k = 0;
    while (k < rest.n && rest.p[k] >= '0' && rest.p[k] <= '9') k++;
    if (!k || !span_to_u64(span_cut(rest, 0, k), &n) || n > 36500) return 0;
    rest = span_trim(span_cut(rest, k, rest.n));
    for (size_t i = 0; i < COUNT(days); i++)
        if (words_at(rest, span_of(days[i]), true)) return (uint32_t)n;
    return 0;
}

/* "AUSTRIA OUT", as photo desks write it; magazines, television and sales may be out. */
static bool place_is_out(struct span text, struct span *found)
{
    static const char *const fine[] = {"MAGS", "MAGAZINES", "MAGAZINE", "TV", "TELEVISION",
        "BROADCAST", "SALES", "BOOKS", "RADIO"};
    for (ptrdiff_t at; (at = span_find(text, S(" OUT"))) >= 0;
         text = span_cut(text, (size_t)at + 4, text.n)) {
        size_t end = (size_t)at, from = end;
        bool whole = end + 4 == text.n || !words_is_letter(text.p[end + 4]);
        while (from && text.p[from - 1] >= 'A' && text.p[from - 1] <= 'Z') from--;
        struct span word = span_cut(text, from, end);
        bool is_fine = !whole || word.n < 2 || (from && words_is_letter(text.p[from - 1]));
        for (size_t i = 0; i < COUNT(fine); i++) is_fine |= span_eq(word, span_of(fine[i]));
        *found = span_cut(text, from, end + 4);
        if (!is_fine) return true;
    }
    return false;
}

static void take(struct terms *t, enum reason_code why, struct span phrase)
{
    if (why == WHY_TERMS_CREDIT)
        t->needs_credit = true;
    else if (t->why == WHY_PUBLISHED)
        *t = (struct terms){why, phrase, t->needs_credit, t->days};
}

static void read_one(struct arena *a, struct terms *t, struct span text, int where)
{
    struct span found, folded = text_casefold(a, span_cut(text, 0, TERMS_TEXT_MAX));
    if (!text.n) return;
    for (size_t i = 0; i < COUNT(phrases); i++) {
        const struct phrase *p = &phrases[i];
        if (!(p->where & where)) continue;
        struct span rest = after_phrase(folded, span_of(p->words));
        if (!rest.p) continue;
        uint32_t days = p->why == WHY_TERMS_TIME ? days_in(rest) : 0;
        if (days && (!t->days || days < t->days)) t->days = days;
        if (!days) take(t, p->why, span_of(p->words));
    }
    if (where & (USAGE | CAPTION) && place_is_out(text, &found)) take(t, WHY_TERMS_PLACE, found);
}

void terms_of_text(struct arena *a, const struct story *s, struct terms *out)
{
    *out = (struct terms){.why = WHY_PUBLISHED};
    for (uint32_t i = 0; i < s->usage_count; i++) read_one(a, out, s->usage[i], TEXTS);
}

void terms_of_picture(struct arena *a, const struct picture *p, struct terms *t)
{
    for (uint32_t i = 0; i < p->usage_count; i++) read_one(a, t, p->usage[i], USAGE);
    read_one(a, t, p->caption, CAPTION);
    read_one(a, t, p->credit, CREDIT);
    read_one(a, t, p->byline, CREDIT);
    read_one(a, t, p->copyright, CREDIT);
}
