/* revisions: what became of a story in public: times, labels, the agency's reason, and word by word
 * what each revision changed, as far as the view tells it: words that a correction took back are
 * not in it (C11). */
#include "frame.h"

static const char *change_word(const struct view_revision *v, bool is_first)
{
    switch (v->change) {
    case CHANGE_CORRECTION: return "change_correction";
    case CHANGE_REFILE: return "change_refile";
    case CHANGE_REPEAT: return "change_repeat";
    case CHANGE_UPDATE: return "change_update";
    default: return is_first ? "change_first" : "change_update";
    }
}

/* ---- what it changed ---- */
static const char *class_of(enum piece_kind kind)
{
    return kind == PIECE_IN ? "in" : kind == PIECE_OUT ? "out" : kind == PIECE_GAP ? "gap" : "same";
}

static void put_piece(struct record *paragraph, enum piece_kind kind, struct span text)
{
    struct record *r = record_item(paragraph, "pieces");
    const char *const kinds[] = {"same", "in", "out", "gap"};
    for (size_t i = 0; i < COUNT(kinds); i++) record_text(r, kinds[i], S(""));
    record_text(r, class_of(kind), text);
}

/* Cut at the words that end a paragraph. */
static void put_pieces(struct record *r, const struct view_revision *rev)
{
    struct record *paragraph = NULL;
    for (uint32_t i = 0; i < rev->piece_count; i++) {
        struct span text = rev->pieces[i].text, line;
        enum piece_kind kind = rev->pieces[i].kind;
        if (kind == PIECE_GAP) {
            if (!paragraph) paragraph = record_item(r, "paragraphs");
            put_piece(paragraph, kind, S("…"));
            continue;
        }
        for (bool more = true; more;) {
            ptrdiff_t end = span_find_char(text, '\n');
            more = end >= 0;
            line = span_trim(more ? span_cut(text, 0, (size_t)end) : text);
            if (more) text = span_cut(text, (size_t)end + 1, text.n);
            if (line.n && !paragraph) paragraph = record_item(r, "paragraphs");
            if (line.n) put_piece(paragraph, kind, line);
            if (more) paragraph = NULL;
        }
    }
}

static void put_changes(struct sheet *s, struct record *r, const struct view_revision *rev)
{
    record_text(r, "too_different", S(""));
    record_text(r, "words_in", S(""));
    record_text(r, "words_out", S(""));
    record_text(r, "paragraphs", S(""));
    if (rev->too_different) record_text(r, "too_different", press_word(s->p, "diff_too_different"));
    if (rev->compared && rev->words_in)
        record_text(r, "words_in", press_count(s->p, s->a, "diff_words_in", rev->words_in));
    if (rev->compared && rev->words_out)
        record_text(r, "words_out", press_count(s->p, s->a, "diff_words_out", rev->words_out));
    put_pieces(r, rev);
}

static void put_revision(struct sheet *s, const struct view *v, uint32_t i)
{
    const struct view_revision *rev = &v->revisions[i];
    struct record *r = record_item(s->root, "revisions");
    record_text(r, "change", press_word(s->p, change_word(rev, i == 0)));
    story_time(s, r, "from", rev->from_ms, press_date_long);
    story_time(s, r, "wire_time", rev->wire_ms, press_date_long);
    story_badges(s, r, NULL, rev->label);
    record_flag(r, "present", i + 1 == v->revision_count);
    record_text(r, "reason", rev->note);
    put_changes(s, r, rev);
}

enum result page_revisions(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result != OK) return result;
    out->noindex = true; /* nothing to find here that the story does not have */
    struct span path = arena_printf(a, "%.*s/revisions", FMT(v.path));
    struct sheet s = frame_open(
        p, a, out, "revisions", press_say(p, a, "history_of", "title", v.headline), path);
    frame_section(&s, v.section);
    frame_crumbs_of_story(&s, &v, press_word(p, "history"), path);
    record_text(s.root, "headline", v.headline);
    record_text(s.root, "agency", v.agency);
    record_text(s.root, "href", press_path(p, a, v.path));
    story_language(&s, s.root, &v);
    for (uint32_t i = v.revision_count; i-- > 0;) put_revision(&s, &v, i);
    page_id(out, v.id);
    page_crawlers(p, out, &v);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    frame_close(&s, "revisions");
    return OK;
}
