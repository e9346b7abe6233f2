/* grievance: a complaint on its way in, by two forms as comments have them: the first is answered
 * with what was written and a stamp over exactly these words, the second brings both back. Number
 * and secret of the case follow from keyed hashes: neither can be counted or guessed. Nothing of it
 * is kept here. */
#include "site_private.h"

enum {
    STAMP_MAC = 32,
    TOKEN = 32, /* hexadecimal digits: 128 bits */
    /* characters: as the desk has them */
    NAME_MAX = 100,
    CONTACT_MAX = 200,
    ABOUT_MAX = 500,
    TEXT_MAX = 4000,
    WISH_MAX = 1000
};

bool site_takes_grievance(struct span raw_path)
{
    return span_ends(raw_path, S("/grievance"));
}

struct complaining {
    struct site_hand *h;
    const struct site_ask *ask;
    const struct site_form *form;
    const struct press_site *ps;
    struct site_answer *out;
};

static struct span mac_of(const struct site_hand *h, struct arena *a, struct span of, size_t digits)
{
    struct span key = {(const char *)h->site->stamp_key, sizeof h->site->stamp_key};
    struct hash mac = hash_keyed(key, of);
    return span_cut(hash_hex(a, &mac), 0, digits);
}

/* ---- the stamp ---- */
static struct span stamp_mac(
    const struct complaining *c, int64_t at_ms, const struct grievance_form *f)
{
    struct buf b;
    buf_init(&b, c->ask->arena, 0);
    buf_lit(&b, "grievance");
    put_u64(&b, (uint64_t)at_ms);
    put_span(&b, f->name);
    put_span(&b, f->contact);
    put_span(&b, f->about);
    put_span(&b, f->text);
    put_span(&b, f->wish);
    return mac_of(c->h, c->ask->arena, buf_span(&b), STAMP_MAC);
}

static struct span stamp_new(const struct complaining *c, const struct grievance_form *f)
{
    int64_t now = clock_now_ms();
    return arena_printf(c->ask->arena, "%lld-%.*s", (long long)now, FMT(stamp_mac(c, now, f)));
}

/* Was it ours, for these words? Then when. */
static bool stamp_read(const struct complaining *c, const struct grievance_form *f, int64_t *at_out)
{
    ptrdiff_t cut = span_find_char(f->stamp, '-');
    if (cut <= 0 || !span_to_i64(span_cut(f->stamp, 0, (size_t)cut), at_out)) return false;
    struct span mac = stamp_mac(c, *at_out, f),
                given = span_cut(f->stamp, (size_t)cut + 1, f->stamp.n);
    return given.n == mac.n && equal_secret(given.p, mac.p, mac.n) &&
           clock_now_ms() - *at_out <= COMMENT_STAMP_MS;
}

/* ---- number and secret ---- */
static story_id number_of(const struct complaining *c, const struct grievance_form *f)
{
    struct span key = {(const char *)c->h->site->stamp_key, sizeof c->h->site->stamp_key};
    return story_id_of(key, S("grievance"), f->stamp);
}

static struct span token_of(const struct site_hand *h, struct arena *a, story_id number)
{
    return mac_of(h, a, arena_printf(a, "complaint %.*s", FMT(story_id_text(a, number))), TOKEN);
}

bool grievance_is_filing(const struct site_hand *h, const struct page_ask *ask)
{
    struct span token = token_of(h, h->arena, ask->id);
    return ask->words.n == token.n && equal_secret(ask->words.p, token.p, token.n);
}

/* ---- what it is about ---- */
/* The path below base of a page of this site; p NULL: it is none. */
static struct span path_here(const struct complaining *c, struct span address)
{
    struct arena *a = c->ask->arena;
    struct span path = address, host;
    ptrdiff_t at = span_find(address, S("://"));
    if (at >= 0) {
        host = span_cut(address, (size_t)at + 3, address.n);
        ptrdiff_t slash = span_find_char(host, '/');
        path = slash < 0 ? S("/") : span_cut(host, (size_t)slash, host.n);
        if (slash >= 0) host.n = (size_t)slash;
        bool is_web = span_starts(address, S("http://")) || span_starts(address, S("https://"));
        bool ours =
            span_eq_nocase(host, form_host(c->ps->url)) || span_eq_nocase(host, c->form->host);
        if (!is_web || !ours) return (struct span){NULL, 0};
    }
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '?' || path.p[i] == '#') path.n = i;
    if (!path.n || path.p[0] != '/' || !url_clean_path(a, path, &path) ||
        !span_starts(path, c->ps->base))
        return (struct span){NULL, 0};
    return span_cut(path, c->ps->base.n, path.n);
}

/* Whether the story is public is not asked: the answer would tell. */
static story_id story_at(const struct complaining *c, struct span path)
{
    struct route r;
    return path.p && route_find(c->ask->arena, path, S(""), &r) && r.ask.kind != PAGE_COMPLAINT
               ? r.ask.id
               : 0;
}

/* ---- the words ---- */
static struct span line(const struct complaining *c, const char *name)
{
    struct arena *a = c->ask->arena;
    struct span s = query_value(a, c->form->body, name);
    return utf8_valid(s) ? text_fold(a, text_plain(a, s)) : S("");
}

static struct span lines(const struct complaining *c, const char *name)
{
    struct span s = query_value(c->ask->arena, c->form->body, name);
    return utf8_valid(s) ? form_lines(c->ask->arena, s) : S("");
}

static void read_form(const struct complaining *c, struct grievance_form *f)
{
    *f = (struct grievance_form){.name = line(c, "name"),
        .contact = line(c, "contact"),
        .about = line(c, "about"),
        .text = lines(c, "text"),
        .wish = lines(c, "wish"),
        .stamp = query_value(c->ask->arena, c->form->body, "stamp")};
    bool about =
        !f->about.n || (form_characters(f->about) <= ABOUT_MAX && path_here(c, f->about).p);
    if (!f->name.n || form_characters(f->name) > NAME_MAX) f->name_wrong = "grievance_no_name";
    if (!f->contact.n || form_characters(f->contact) > CONTACT_MAX)
        f->contact_wrong = "grievance_no_contact";
    if (!about) f->about_wrong = "grievance_bad_about";
    if (!f->text.n || form_characters(f->text) > TEXT_MAX) f->text_wrong = "grievance_no_text";
    if (form_characters(f->wish) > WISH_MAX) f->wish_wrong = "grievance_long_wish";
}

/* ---- the answer ---- */
static void show(const struct complaining *c, struct grievance_form *f)
{
    bool wrong = f->name_wrong || f->contact_wrong || f->about_wrong || f->text_wrong ||
                 f->wish_wrong || f->wrong;
    if (wrong && !f->status) f->status = 422;
    struct page_ask what = {.kind = PAGE_GRIEVANCE, .page = 1, .grievance = f};
    site_make_small(c->h, c->ask, &what, c->out);
}

/* true: it is to be kept; else it is to be shown, with what is wrong with it. */
static bool judge(const struct complaining *c, struct grievance_form *f)
{
    int64_t at = 0;
    bool stamped = stamp_read(c, f, &at);
    if (f->name_wrong || f->contact_wrong || f->about_wrong || f->text_wrong || f->wish_wrong) {
        f->stamp = S("");
        return false;
    }
    if (!site_is_from_here(c->h, c->form)) {
        f->wrong = "grievance_elsewhere";
        f->status = 403;
    } else if (stamped && clock_now_ms() - at < COMMENT_QUICK_MS) {
        f->wrong = "comment_too_quick";
        return false;
    } else if (stamped && c->form->may && !c->form->may(c->form->with)) {
        f->wrong = "grievance_too_many";
        f->status = 429;
        return false;
    }
    if (stamped && !f->wrong) return true;
    f->stamp = stamp_new(c, f);
    return false;
}

/* What fills in the hidden field too gets the page again, without a number, and is not kept. */
static bool take(const struct complaining *c, struct site_grievance *kept)
{
    struct arena *a = c->ask->arena;
    struct grievance_form f;
    read_form(c, &f);
    if (!judge(c, &f)) {
        show(c, &f);
        return false;
    }
    if (query_value(a, c->form->body, "website").n) {
        site_see_other(c->h, c->ask, S("/grievance"), "", c->out);
        return false;
    }
    story_id number = number_of(c, &f);
    *kept = (struct site_grievance){.number = number,
        .story = f.about.n ? story_at(c, path_here(c, f.about)) : 0,
        .token = token_of(c->h, a, number),
        .name = f.name,
        .contact = f.contact,
        .about = f.about,
        .text = f.text,
        .wish = f.wish};
    kept->back = arena_printf(a, "%.*s/grievance/%.*s?key=%.*s", FMT(c->ps->base),
        FMT(story_id_text(a, number)), FMT(kept->token));
    return true;
}

bool site_grievance(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_grievance *kept, struct site_answer *out)
{
    struct span path;
    struct complaining c = {h, ask, form, atomic_load(&h->site->press_site), out};
    bool keep = false;
    if (!site_begin(h, ask, &path, out)) return false;
    bool is_form =
        form->type.p && span_starts_nocase(form->type, S("application/x-www-form-urlencoded"));
    if (!span_eq(path, S("/grievance")) || !c.ps->grievance.officer.n) {
        site_not_found(h, ask, out);
    } else if (!is_form) {
        struct page_ask what = {.kind = PAGE_BAD_REQUEST, .page = 1};
        site_make_small(h, ask, &what, out);
    } else {
        keep = take(&c, kept);
    }
    reader_end(h->reader);
    return keep;
}
