/* agency.c: does an item plainly name another agency than its feed's? Asked only of a feed that
 * does not say what its items may call it (T2). Owns the list of agencies with the names under
 * which they are known, and what a name's words say. In doubt it is the feed's: agencies call
 * themselves by codes, domains and departments, and hand on what others wrote. */
#include "decide.h"

enum {
    AGENCIES_NAMED_MAX = 8,
    LONG_NAME = 5 /* letters of a name that stands for itself among other words */
};

/* One agency a row: its names, folded as text_words does, the longer ones where they hold
 * another's. A name of fewer letters is told by a whole name alone: "tt", not "TT Games". */
static const char *const agencies[] = {
    "reuters|thomson reuters|refinitiv",
    "ap|associated press|apnews",
    "afp|agence france presse|france presse|afp forum",
    "dpa|deutsche presse agentur|dpa infocom|news aktuell",
    "pa|press association|pa media|pa newswire",
    "aap|australian associated press|aapnewswire",
    "cp|canadian press|la presse canadienne|presse canadienne",
    "efe|agencia efe|efeservicios",
    "ansa|agenzia ansa|agenzia nazionale stampa associata",
    "apa|austria presse agentur",
    "sda|ats|keystone sda|sda ats|schweizerische depeschenagentur|agence telegraphique suisse",
    "anp|algemeen nederlands persbureau",
    "belga|agence belga|persagentschap belga",
    "ntb|norsk telegrambyra|norsk telegrambyrå",
    "tt|tidningarnas telegrambyra|tidningarnas telegrambyrå",
    "stt|suomen tietotoimisto|finska notisbyran|stt lehtikuva",
    "ritzau|ritzaus bureau",
    "tass|itar tass",
    "interfax",
    "ria novosti|sputnik news",
    "xinhua|xinhuanet|新华社",
    "kyodo|kyodo news|共同通信",
    "jiji|jiji press|時事通信",
    "yonhap|yonhap news|연합뉴스",
    "pti|press trust of india",
    "ians|indo asian news service",
    "uni india|united news of india",
    "upi|united press international",
    "bloomberg|bloomberg news",
    "dow jones|dow jones newswires",
    "pap|polska agencja prasowa",
    "ctk|čtk|česka tiskova kancelař|česká tisková kancelář",
    "tasr|tlacova agentura slovenskej republiky",
    "mti|magyar tavirati iroda|magyar távirati iroda",
    "lusa|agencia lusa|agência lusa",
    "ana mpa|athens news agency",
    "anadolu|anadolu ajansi|anadolu ajansı|anadolu agency",
    "bernama",
    "antara|antara news",
    "ukrinform",
    "hina|hrvatska izvjestajna novinska agencija",
    "tanjug",
    "agerpres",
    "sid|sport informations dienst",
    "epd|evangelischer pressedienst",
    "kna|katholische nachrichten agentur",
    "epa|european pressphoto agency",
    "getty|getty images",
    "business wire|businesswire",
    "pr newswire|prnewswire",
    "globenewswire|globe newswire",
};

/* Words that say that a name is an agency's, whatever it is called. */
static const char *const agency_words[] = {"agency", "agence", "agencia", "agência", "agenzia",
    "agentur", "presseagentur", "nachrichtenagentur", "persagentschap", "newswire", "ajansı"};

/* Words that name nobody. */
static const char *const fillers[] = {"agency", "agence", "agencia", "agência", "agenzia",
    "agentur", "presseagentur", "nachrichtenagentur", "newswire", "wire", "wires", "news", "feed",
    "feeds", "press", "presse", "prensa", "media", "service", "services", "online", "international",
    "global", "world", "the", "of", "and", "de", "la", "le", "der", "die", "ltd", "inc", "llc",
    "gmbh", "www", "http", "https", "com", "org", "net", "co", "uk", "at", "ch", "es", "fr", "it",
    "be", "nl", "eu", "us", "in", "example", "test", "api", "text", "texto"};

static bool is_one_of(struct span w, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(w, span_of(list[i]))) return true;
    return false;
}

static bool is_filler(struct span w)
{
    return is_one_of(w, fillers, COUNT(fillers));
}

/* Both are words with one space between them. */
static bool begins_with_words(struct span words, struct span phrase)
{
    return span_starts(words, phrase) && (words.n == phrase.n || words.p[phrase.n] == ' ');
}

/* ---- which agencies a name's words name ---- */
struct named {
    size_t rows[AGENCIES_NAMED_MAX]; /* of the list */
    size_t count;
    bool is_plain; /* one by a long name, or nothing but fillers stands beside the short one */
};

/* The longest name at the words' beginning. */
static size_t agency_at(struct span words, size_t *row_out)
{
    size_t longest = 0;
    for (size_t i = 0; i < COUNT(agencies); i++) {
        struct span rest = span_of(agencies[i]), name;
        while (span_next(&rest, '|', &name))
            if (name.n > longest && begins_with_words(words, name)) {
                longest = name.n;
                *row_out = i;
            }
    }
    return longest;
}

static struct named agencies_in(struct span words)
{
    struct named out = {.count = 0};
    bool has_other_words = false, is_long = false;
    while (words.n) {
        size_t row = 0, n = agency_at(words, &row);
        struct span rest = words, word;
        (void)span_next(&rest, ' ', &word);
        if (n) {
            if (out.count < AGENCIES_NAMED_MAX) out.rows[out.count++] = row;
            is_long |= n >= LONG_NAME;
            words = span_cut(words, n + 1, words.n);
        } else {
            has_other_words |= !is_filler(word);
            words = rest;
        }
    }
    out.is_plain = out.count && (is_long || !has_other_words);
    return out;
}

static bool share_an_agency(const struct named *a, const struct named *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (a->rows[i] == b->rows[k]) return true;
    return false;
}

/* ---- names of which the list knows nothing ---- */
static struct span squeezed(struct arena *a, struct span words, bool initials)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (struct span word; span_next(&words, ' ', &word);)
        if (word.n) buf_put(&b, initials ? span_cut(word, 0, 1) : word);
    return buf_span(&b);
}

/* The same name written in another way: one of its words, all of them as one, its initials. */
static bool share_a_word(struct arena *a, struct span own, struct span other)
{
    struct span joined = squeezed(a, other, false);
    for (struct span rest = own, word; span_next(&rest, ' ', &word);)
        if (word.n && !is_filler(word) &&
            (text_has_words(other, word, false, false) ||
                (word.n >= LONG_NAME && span_find(joined, word) >= 0)))
            return true;
    struct span short_own = squeezed(a, own, true), short_other = squeezed(a, other, true);
    return (short_own.n > 1 && text_has_words(other, short_own, false, false)) ||
           (short_other.n > 1 && text_has_words(own, short_other, false, false));
}

static bool names_somebody(struct span words, const struct named *known)
{
    for (struct span word; span_next(&words, ' ', &word);)
        if (word.n && !is_filler(word)) return true;
    return known->count > 0;
}

static bool calls_itself_agency(struct span words)
{
    for (struct span word; span_next(&words, ' ', &word);)
        if (is_one_of(word, agency_words, COUNT(agency_words))) return true;
    return false;
}

/* ---- the question ---- */
static bool is_of_own(struct arena *a, struct span text, struct span own, const struct named *known)
{
    if (!text.n || text.n > STORY_TEXT_MAX) return false;
    struct span words = text_words(a, text);
    struct named here = agencies_in(words);
    return share_an_agency(known, &here) || share_a_word(a, own, words);
}

/* What else of the item says that the feed's own agency hands it on. */
static bool is_handed_on(
    struct arena *a, const struct story *s, struct span own, const struct named *known)
{
    const struct span places[] = {
        s->guid, s->creditline, s->copyright_holder, s->copyright, s->link};
    for (size_t i = 0; i < COUNT(places); i++)
        if (is_of_own(a, places[i], own, known)) return true;
    for (uint32_t i = 0; i < s->hop_count; i++)
        if (is_of_own(a, s->hops[i], own, known)) return true;
    return false;
}

struct span names_another_agency(
    struct arena *a, const struct desk_feed *feed, const struct story *s)
{
    struct span claim = s->provider.n ? s->provider : s->creditline;
    if (!feed || feed->provider_id_count || !claim.n || claim.n > STORY_TEXT_MAX) return S("");
    if (span_eq_nocase(claim, feed->provider)) return S("");
    struct span own = text_words(a, feed->provider), words = text_words(a, claim);
    struct named known = agencies_in(own), claimed = agencies_in(words);
    if (!names_somebody(own, &known)) return S("");
    if (!claimed.is_plain && !calls_itself_agency(words)) return S("");
    bool is_same = known.count && claimed.count ? share_an_agency(&known, &claimed)
                                                : share_a_word(a, own, words);
    return is_same || is_handed_on(a, s, own, &known) ? S("") : claim;
}
