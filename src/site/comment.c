/* comment: a reader's comment on its way in. The page is the same for everybody and lies in caches,
 * so it can hold no token: the first form is answered with what was written, as it will stand, and
 * a stamp over exactly these words; the second one brings both back. Whoever sends without looking,
 * too quickly, or into the field that people do not see, is not heard. No cookie, no address kept.
 */
#include "site_private.h"

enum { STAMP_MAC = 32, NAME_MAX = 60, TEXT_MAX = 4000 }; /* characters: as the desk has them */

bool site_takes_comment(struct span raw_path)
{
    return span_ends(raw_path, S("/comments"));
}

/* ---- the stamp: when it was shown, and a keyed hash over that and the words ---- */
static struct span mac_of(const struct site_hand *h, struct arena *a, int64_t at_ms, story_id story,
    const struct comment_form *f)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, (uint64_t)at_ms);
    put_u64(&b, story);
    put_span(&b, f->name);
    put_span(&b, f->text);
    struct span key = {(const char *)h->site->stamp_key, sizeof h->site->stamp_key};
    struct hash mac = hash_keyed(key, buf_span(&b));
    return span_cut(hash_hex(a, &mac), 0, STAMP_MAC);
}

static struct span stamp_new(
    const struct site_hand *h, struct arena *a, story_id story, const struct comment_form *f)
{
    int64_t now = clock_now_ms();
    return arena_printf(a, "%lld-%.*s", (long long)now, FMT(mac_of(h, a, now, story, f)));
}

/* Was it ours, for these words? Then when. */
static bool stamp_read(const struct site_hand *h, struct arena *a, story_id story,
    const struct comment_form *f, int64_t *at_out, struct span *mac_out)
{
    ptrdiff_t cut = span_find_char(f->stamp, '-');
    if (cut <= 0 || !span_to_i64(span_cut(f->stamp, 0, (size_t)cut), at_out)) return false;
    *mac_out = mac_of(h, a, *at_out, story, f);
    return span_eq(span_cut(f->stamp, (size_t)cut + 1, f->stamp.n), *mac_out) &&
           clock_now_ms() - *at_out <= COMMENT_STAMP_MS;
}

/* ---- where it comes from ---- */
static struct span host_of(struct span origin)
{
    ptrdiff_t at = span_find(origin, S("://"));
    return at < 0 ? S("") : span_cut(origin, (size_t)at + 3, origin.n);
}

bool site_is_from_here(const struct site_hand *h, const struct site_form *form)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    if (form->fetch_site.p) return span_eq(form->fetch_site, S("same-origin"));
    if (!form->origin.p) return true; /* an old browser: held to the stamp alone */
    struct span host = host_of(form->origin);
    return host.n && (span_eq_nocase(host, form->host) || span_eq_nocase(host, host_of(ps->url)));
}

/* ---- the words ---- */
static size_t characters(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* Lines stay lines, three empty ones become one; what is no text is left out. */
static struct span clean_text(struct arena *a, struct span text)
{
    struct buf b;
    struct span line;
    size_t empty = 0;
    buf_init(&b, a, 0);
    while (text.n && span_next(&text, '\n', &line)) {
        line = text_fold(a, text_plain(a, line));
        empty = line.n ? 0 : empty + 1;
        if (empty > 1) continue;
        if (b.n) buf_char(&b, '\n');
        buf_put(&b, line);
    }
    return span_trim(buf_span(&b));
}

static bool read_form(struct arena *a, const struct site_form *form, struct comment_form *f)
{
    *f = (struct comment_form){
        .name = query_value(a, form->body, "name"), .text = query_value(a, form->body, "text")};
    if (!utf8_valid(f->name) || !utf8_valid(f->text)) return false;
    f->name = text_fold(a, text_plain(a, f->name));
    f->text = clean_text(a, f->text);
    f->stamp = query_value(a, form->body, "stamp");
    if (!f->name.n || characters(f->name) > NAME_MAX) f->name_wrong = "comment_no_name";
    if (!f->text.n || characters(f->text) > TEXT_MAX) f->text_wrong = "comment_no_text";
    return true;
}

/* ---- the answer ---- */
static void show(struct site_hand *h, const struct site_ask *ask, struct comment_form *f,
    story_id story, struct site_answer *out)
{
    bool wrong = f->name_wrong || f->text_wrong || f->wrong;
    if (wrong && !f->status) f->status = 422;
    struct page_ask what = {.kind = PAGE_COMMENTS, .id = story, .page = 1, .form = f};
    site_make_small(h, ask, &what, out);
}

/* true: it is to be kept; else it is to be shown, with what is wrong with it. */
static bool judge(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    const struct view *v, struct comment_form *f, struct span *id_out)
{
    int64_t at = 0;
    bool stamped = stamp_read(h, ask->arena, v->id, f, &at, id_out);
    if (f->name_wrong || f->text_wrong) {
        f->stamp = S("");
        return false;
    }
    if (!site_is_from_here(h, form)) {
        f->wrong = "comment_elsewhere";
        f->status = 403;
    } else if (stamped && clock_now_ms() - at < COMMENT_QUICK_MS) {
        f->wrong = "comment_too_quick";
        return false;
    } else if (stamped && form->may && !form->may(form->with)) {
        f->wrong = "comment_too_many";
        f->status = 429;
        return false;
    }
    if (stamped && !f->wrong) return true;
    f->stamp = stamp_new(h, ask->arena, v->id, f);
    return false;
}

/* Filled in by what fills in everything: it is thanked like anybody, and not kept. */
static bool is_trapped(struct arena *a, const struct site_form *form)
{
    return query_value(a, form->body, "website").n > 0;
}

static void thank(const struct site_ask *ask, struct span back, struct site_answer *out)
{
    *out = (struct site_answer){.status = 303,
        .head = arena_printf(ask->arena, "Location: %.*s\r\n%.*s", FMT(back),
            FMT(head_of(ask->arena, &(struct head){.cache = "no-store", .noindex = true})))};
}

static bool comment_on(struct site_hand *h, const struct site_ask *ask,
    const struct site_form *form, const struct view *v, struct site_comment *kept,
    struct site_answer *out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct comment_form f;
    struct span id = S("");
    struct span back = arena_printf(ask->arena, "%.*s%.*s#thanks", FMT(ps->base), FMT(v->path));
    bool is_form =
        form->type.p && span_starts_nocase(form->type, S("application/x-www-form-urlencoded"));
    if (!is_form || !read_form(ask->arena, form, &f)) {
        struct page_ask what = {.kind = PAGE_BAD_REQUEST, .page = 1};
        site_make_small(h, ask, &what, out);
        return false;
    }
    if (!judge(h, ask, form, v, &f, &id)) {
        show(h, ask, &f, v->id, out);
        return false;
    }
    if (is_trapped(ask->arena, form)) {
        thank(ask, back, out);
        return false;
    }
    *kept = (struct site_comment){
        .story = v->id, .id = id, .name = f.name, .text = f.text, .back = back};
    return true;
}

bool site_comment(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_comment *kept, struct site_answer *out)
{
    struct span path;
    struct route r;
    struct view v;
    bool keep = false;
    if (!site_begin(h, ask, &path, out)) return false;
    bool is_of_story = route_find(ask->arena, path, S(""), &r) && r.ask.kind == PAGE_COMMENTS;
    bool found = is_of_story && reader_story(h->reader, r.ask.id, h->arena, &v) == OK;
    bool takes = found && reader_now_ms(h->reader) < v.comments_until_ms && !v.comments_full;
    struct comment_form closed = {.status = 409};
    if (takes)
        keep = comment_on(h, ask, form, &v, kept, out);
    else if (found && v.comments_until_ms)
        show(h, ask, &closed, v.id, out);
    else if (!is_of_story || !site_not_here(h, ask, r.ask.id, out))
        site_not_found(h, ask, out);
    reader_end(h->reader);
    return keep;
}
