/* confirm: the link of a mail that asks for a comment to be confirmed. Opening it changes nothing,
 * for programs open every link of a mail; the button of the page does. The site has neither the
 * address nor the token: any link that looks like one opens the same page, and intake knows which
 * is good. A story that is not public, or takes no more comments, has no such page. */
#include "site_private.h"

enum { ID_HEX = 32, TOKEN_HEX = 32 };

static bool is_hex(struct span s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return s.n == n;
}

/* "ID-TOKEN" */
static bool link_read(struct span link, struct span *id, struct span *token)
{
    *token = link;
    return span_next(token, '-', id) && is_hex(*id, ID_HEX) && is_hex(*token, TOKEN_HEX);
}

static void say_over(struct comment_form *f)
{
    f->wrong = "comment_confirm_over";
    f->status = 403;
}

void confirm_open(struct page_ask *ask, struct comment_form *f)
{
    struct span token;
    f->task = COMMENT_CONFIRM;
    if (link_read(ask->words, &f->about, &token))
        f->token = ask->words;
    else
        say_over(f);
}

bool confirm_send(const struct talking *t)
{
    struct arena *a = t->ask->arena;
    struct comment_form f = {
        .task = COMMENT_CONFIRM, .token = query_value(a, t->form->body, "confirm")};
    struct span token;
    if (!link_read(f.token, &f.about, &token)) {
        say_over(&f);
        f.token = S("");
    } else if (!site_is_from_here(t->h, t->form)) {
        f.wrong = "comment_elsewhere", f.status = 403;
    } else if (t->form->may_report && !t->form->may_report(t->form->with)) {
        f.wrong = "comment_too_many", f.status = 429;
    }
    if (f.wrong) {
        comment_show(t, &f);
        return false;
    }
    const struct press_site *ps = atomic_load(&t->h->site->press_site);
    struct span link = talk_link(t, f.about);
    *t->kept = (struct site_comment){.word = SITE_CONFIRMED,
        .story = t->v->id,
        .id = f.about,
        .key = token,
        .back = link.n ? link : comment_back(t, "thanks"),
        .over = arena_printf(a, "%.*s%.*s/comments?confirm=over", FMT(ps->base), FMT(t->v->path))};
    return true;
}
