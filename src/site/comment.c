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
static struct span mac_of(const struct talking *t, int64_t at_ms, const struct comment_form *f)
{
    struct buf b;
    buf_init(&b, t->ask->arena, 0);
    put_u64(&b, (uint64_t)at_ms);
    put_u64(&b, t->v->id);
    put_span(&b, f->about);
    put_span(&b, f->name);
    put_span(&b, f->text);
    struct span key = {(const char *)t->h->site->stamp_key, sizeof t->h->site->stamp_key};
    struct hash mac = hash_keyed(key, buf_span(&b));
    return span_cut(hash_hex(t->ask->arena, &mac), 0, STAMP_MAC);
}

static struct span stamp_new(const struct talking *t, const struct comment_form *f)
{
    int64_t now = clock_now_ms();
    return arena_printf(t->ask->arena, "%lld-%.*s", (long long)now, FMT(mac_of(t, now, f)));
}

/* Was it ours, for these words? Then when. */
static bool stamp_read(
    const struct talking *t, const struct comment_form *f, int64_t *at_out, struct span *mac_out)
{
    ptrdiff_t cut = span_find_char(f->stamp, '-');
    if (cut <= 0 || !span_to_i64(span_cut(f->stamp, 0, (size_t)cut), at_out)) return false;
    *mac_out = mac_of(t, *at_out, f);
    return span_eq(span_cut(f->stamp, (size_t)cut + 1, f->stamp.n), *mac_out) &&
           clock_now_ms() - *at_out <= COMMENT_STAMP_MS;
}

/* ---- where it comes from ---- */
struct span form_host(struct span origin)
{
    ptrdiff_t at = span_find(origin, S("://"));
    return at < 0 ? S("") : span_cut(origin, (size_t)at + 3, origin.n);
}

bool site_is_from_here(const struct site_hand *h, const struct site_form *form)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    if (form->fetch_site.p) return span_eq(form->fetch_site, S("same-origin"));
    if (!form->origin.p) return true; /* an old browser: held to the stamp alone */
    struct span host = form_host(form->origin);
    return host.n && (span_eq_nocase(host, form->host) || span_eq_nocase(host, form_host(ps->url)));
}

bool comment_is_trapped(const struct talking *t)
{
    return query_value(t->ask->arena, t->form->body, "website").n > 0;
}

/* ---- the words ---- */
size_t form_characters(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

struct span form_lines(struct arena *a, struct span text)
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

void comment_read_text(const struct talking *t, struct comment_form *f)
{
    struct arena *a = t->ask->arena;
    struct span text = query_value(a, t->form->body, "text");
    f->text = utf8_valid(text) ? form_lines(a, text) : S("");
    if (!f->text.n || form_characters(f->text) > TEXT_MAX) f->text_wrong = "comment_no_text";
}

/* The one that is answered stands there, or the answer stands by itself. */
static struct span parent_in(const struct talking *t)
{
    struct span id = query_value(t->ask->arena, t->form->body, "parent");
    for (uint32_t i = 0; i < t->v->comment_count; i++)
        if (span_eq(t->v->comments[i].id, id)) return id;
    return S("");
}

static void read_form(const struct talking *t, struct comment_form *f)
{
    struct arena *a = t->ask->arena;
    struct span name = query_value(a, t->form->body, "name");
    *f = (struct comment_form){.about = parent_in(t)};
    f->name = utf8_valid(name) ? text_fold(a, text_plain(a, name)) : S("");
    f->stamp = query_value(a, t->form->body, "stamp");
    if (!f->name.n || form_characters(f->name) > NAME_MAX) f->name_wrong = "comment_no_name";
    comment_read_text(t, f);
}

/* ---- the answer ---- */
void comment_show(const struct talking *t, struct comment_form *f)
{
    bool wrong = f->name_wrong || f->text_wrong || f->mail_wrong || f->wrong;
    if (wrong && !f->status) f->status = 422;
    struct page_ask what = {.kind = PAGE_COMMENTS,
        .id = t->v->id,
        .page = 1,
        .form = f,
        .nobody_moderates = talk_is_unattended()};
    site_make_small(t->h, t->ask, &what, t->out);
}

void comment_thank(const struct talking *t, struct span back)
{
    *t->out = (struct site_answer){.status = 303,
        .head = arena_printf(t->ask->arena, "Location: %.*s\r\n%.*s", FMT(back),
            FMT(head_of(t->ask->arena, &(struct head){.cache = "no-store", .noindex = true})))};
}

struct span comment_back(const struct talking *t, const char *anchor)
{
    const struct press_site *ps = atomic_load(&t->h->site->press_site);
    return arena_printf(t->ask->arena, "%.*s%.*s#%s", FMT(ps->base), FMT(t->v->path), anchor);
}

/* Asked for beside the words as they will stand, so that no answer has to hold it. */
static bool is_by_mail(const struct talking *t)
{
    const struct press_site *ps = atomic_load(&t->h->site->press_site);
    return ps->comments_by_mail;
}

static void read_address(const struct talking *t, struct comment_form *f, struct span *out)
{
    *out = is_by_mail(t) ? span_trim(query_value(t->ask->arena, t->form->body, "mail")) : S("");
    if (is_by_mail(t) && !text_is_mailbox(*out)) f->mail_wrong = "comment_no_mail";
}

/* true: it is to be kept; else it is to be shown, with what is wrong with it. */
static bool judge(
    const struct talking *t, struct comment_form *f, struct span *id_out, struct span *address_out)
{
    int64_t at = 0;
    bool stamped = stamp_read(t, f, &at, id_out);
    if (stamped) read_address(t, f, address_out);
    if (f->name_wrong || f->text_wrong) {
        f->stamp = S("");
        return false;
    }
    if (!site_is_from_here(t->h, t->form)) {
        f->wrong = "comment_elsewhere";
        f->status = 403;
    } else if (stamped && clock_now_ms() - at < COMMENT_QUICK_MS) {
        f->wrong = "comment_too_quick";
        return false;
    } else if (f->mail_wrong) {
        return false;
    } else if (stamped && address_out->n && t->form->may_mail &&
               !t->form->may_mail(t->form->with)) {
        f->wrong = "comment_too_many_day";
        f->status = 429;
        return false;
    } else if (stamped && t->form->may && !t->form->may(t->form->with)) {
        f->wrong = "comment_too_many";
        f->status = 429;
        return false;
    }
    if (stamped && !f->wrong) return true;
    f->stamp = stamp_new(t, f);
    return false;
}

/* What fills in the hidden field too is thanked like anybody, and not kept. */
static bool say(const struct talking *t)
{
    struct comment_form f;
    struct span id = S(""), address = S("");
    read_form(t, &f);
    if (!judge(t, &f, &id, &address)) {
        comment_show(t, &f);
        return false;
    }
    struct span thanks = comment_back(t, address.n ? "mailed" : "thanks");
    if (comment_is_trapped(t)) {
        comment_thank(t, thanks);
        return false;
    }
    struct span link = address.n ? S("") : talk_link(t, id); /* by mail: once it is confirmed */
    drafts_keep(t->h->site->drafts, id, f.text);
    *t->kept = (struct site_comment){.word = SITE_SAID,
        .story = t->v->id,
        .id = id,
        .name = f.name,
        .text = f.text,
        .parent = f.about,
        .address = address,
        .back = link.n ? link : thanks};
    return true;
}

static bool take(const struct talking *t, bool open)
{
    const struct site_form *form = t->form;
    struct comment_form closed = {.status = 409};
    if (!form->type.p || !span_starts_nocase(form->type, S("application/x-www-form-urlencoded"))) {
        struct page_ask what = {.kind = PAGE_BAD_REQUEST, .page = 1};
        site_make_small(t->h, t->ask, &what, t->out);
        return false;
    }
    if (query_value(t->ask->arena, form->body, "report").n) return talk_report(t);
    if (query_value(t->ask->arena, form->body, "change").n) return talk_change(t);
    if (query_value(t->ask->arena, form->body, "confirm").n && open) return confirm_send(t);
    if (open) return say(t);
    comment_show(t, &closed);
    return false;
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
    struct talking t = {h, ask, form, &v, kept, out};
    if (found && v.comments_until_ms)
        keep = take(&t, reader_now_ms(h->reader) < v.comments_until_ms && !v.comments_full &&
                            !talk_is_unattended());
    else if (!is_of_story || !site_not_here(h, ask, r.ask.id, out))
        site_not_found(h, ask, out);
    reader_end(h->reader);
    return keep;
}
