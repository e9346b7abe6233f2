/* search: a form, what narrows it, and what was found, with the reader's words marked where they
 * stand. Never kept, and not for search engines: its words are the reader's own. What can be chosen
 * is the site's own (sections, agencies) or what public matches are in (languages): no list tells
 * of what is hidden. */
#include "frame.h"

enum { SEARCH_ITEMS = 20 };

/* ---- pieces ---- */
static void put_pieces(struct record *r, const char *name, const struct search_pieces *p)
{
    record_text(r, name, S(""));
    for (size_t i = 0; i < p->count; i++) {
        struct record *item = record_item(r, name);
        record_text(item, "text", p->list[i].text);
        record_flag(item, "found", p->list[i].found);
    }
}

static void put_found(struct sheet *s, const struct search_found *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct search_hit *h = &found->list[i];
        struct record *r = record_item(s->root, "stories");
        teaser_fill(s, r, h->view);
        put_pieces(r, "pieces", &h->headline);
        put_pieces(r, "snippet", &h->snippet);
        record_flag(r, "snippet_there", h->snippet.count > 0);
        record_flag(r, "cut_before", h->snippet.cut_before);
        record_flag(r, "cut_after", h->snippet.cut_after);
        page_id(s->out, h->view->id);
    }
}

/* ---- what can be chosen ---- */
static void put_choice(
    struct record *r, const char *list, struct span value, struct span title, struct span chosen)
{
    struct record *item = record_item(r, list);
    record_text(item, "value", value);
    record_text(item, "title", title);
    record_flag(item, "chosen", span_eq(value, chosen));
}

static void put_agencies(struct sheet *s, struct span chosen)
{
    const struct press_site *site = s->p->site;
    for (uint32_t i = 0; i < site->feed_count; i++) {
        bool again = !site->feeds[i].agency.n;
        for (uint32_t k = 0; k < i && !again; k++)
            again = span_eq(site->feeds[k].agency, site->feeds[i].agency);
        if (!again)
            put_choice(s->root, "agencies", site->feeds[i].agency, site->feeds[i].agency, chosen);
    }
}

/* A language's name in itself. */
static struct span language_name(struct span code)
{
    static const char *const names[][2] = {{"en", "English"}, {"hi", "हिन्दी"}, {"mr", "मराठी"},
        {"bn", "বাংলা"}, {"ta", "தமிழ்"}, {"te", "తెలుగు"}, {"ur", "اردو"}, {"ar", "العربية"},
        {"es", "Español"}, {"fr", "Français"}, {"de", "Deutsch"}, {"pt", "Português"},
        {"ru", "Русский"}, {"zh", "中文"}, {"ja", "日本語"}, {"ko", "한국어"}, {"it", "Italiano"},
        {"nl", "Nederlands"}, {"sv", "Svenska"}, {"nb", "Norsk"}, {"da", "Dansk"}, {"fa", "فارسی"},
        {"he", "עברית"}, {"pl", "Polski"}, {"tr", "Türkçe"}, {"gu", "ગુજરાતી"}, {"pa", "ਪੰਜਾਬੀ"}};
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(span_of(names[i][0]), code)) return span_of(names[i][1]);
    return code;
}

static void put_languages(struct sheet *s, const struct search_found *found, struct span chosen)
{
    bool there = false;
    if (found->language_count < 2 && !chosen.n) return;
    for (size_t i = 0; i < found->language_count; i++) {
        there |= span_eq(found->languages[i], chosen);
        put_choice(
            s->root, "languages", found->languages[i], language_name(found->languages[i]), chosen);
    }
    if (chosen.n && !there) put_choice(s->root, "languages", chosen, language_name(chosen), chosen);
}

static struct span day_value(struct arena *a, int64_t day_ms)
{
    struct civil c = civil_of(day_ms);
    return day_ms ? arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day) : S("");
}

static void put_choices(struct sheet *s, const struct page_ask *ask, const struct search_found *f)
{
    static const char *const words[SEARCH_PERIODS] = {
        "period_any", "period_day", "period_week", "period_month", "period_year"};
    const struct page_narrow *n = &ask->narrow;
    const struct press_site *site = s->p->site;
    for (uint32_t i = 0; i < site->section_count; i++)
        put_choice(
            s->root, "sections", site->sections[i].name, site->sections[i].title, n->section);
    put_agencies(s, n->agency);
    put_languages(s, f, n->language);
    for (size_t i = 0; i < SEARCH_PERIODS; i++)
        put_choice(s->root, "periods", span_of(search_period_names[i]), press_word(s->p, words[i]),
            span_of(search_period_names[n->period]));
    record_text(s->root, "from_day", day_value(s->a, n->from_day_ms));
    record_text(s->root, "to_day", day_value(s->a, n->to_day_ms));
    record_flag(s->root, "newest", n->newest);
    record_flag(s->root, "narrowed",
        n->section.n || n->agency.n || n->language.n || n->period || n->from_day_ms ||
            n->to_day_ms || n->newest);
}

/* ---- the page ---- */
static void put_meant(struct sheet *s, const struct page_ask *ask, struct span meant)
{
    if (!meant.n) return;
    struct record *r = record_in(s->root, "meant");
    record_text(r, "words", meant);
    record_text(r, "href", press_path(s->p, s->a, search_path(s->a, ask, meant, "")));
}

static void put_feeds(struct sheet *s, const struct page_ask *ask)
{
    struct span path = search_path(s->a, ask, ask->words, "");
    frame_feeds_of(s, S("/search"), span_cut(path, sizeof "/search" - 1, path.n),
        press_say(s->p, s->a, "search_feed", "words", ask->words));
}

enum result page_search(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    size_t page = ask->page ? ask->page : 1;
    struct search_found found = {0};
    struct search_ask q = search_ask_of(p, ask, reader_now_ms(r));
    q.n = SEARCH_ITEMS;
    q.offset = (page - 1) * SEARCH_ITEMS;
    if (ask->words.n) TRY(reader_find(r, &q, a, &found));
    out->no_store = out->noindex = true;
    struct sheet s = frame_open(p, a, out, "search", press_word(p, "search"), S(""));
    frame_crumbs_of(&s, press_word(p, "search"), S(""));
    frame_today(&s, reader_now_ms(r));
    record_text(s.root, "query", ask->words);
    record_flag(s.root, "asked", ask->words.n > 0);
    for (size_t i = 0; i < found.count; i++)
        press_keep_shown(a, found.list[i].view, reader_now_ms(r), out);
    put_choices(&s, ask, &found);
    put_found(&s, &found);
    put_meant(&s, ask, found.meant);
    if (ask->words.n) {
        record_text(s.root, "count", press_count(p, a, "found", found.total));
        put_feeds(&s, ask);
    }
    record_flag(s.root, "nothing", ask->words.n && !found.count);
    record_flag(s.root, "bounded", found.total >= STORE_SEARCH_MAX);
    frame_pager(&s, search_path(a, ask, ask->words, ""), page, page * SEARCH_ITEMS < found.total);
    frame_close(&s, "search");
    return OK;
}
