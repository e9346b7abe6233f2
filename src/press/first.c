/* first: what a page needs before anything is painted stands in it: the script that knows the
 * reader's choices, and of a front and a story the first screen's part of the style. A line of
 * 400 kbit/s spares its reader two turns (docs/looks.md). Both are the theme's own bytes, named in
 * the page's policy by their hash (CSP level 3, 2.3.1). */
#include "frame.h"

static const char *const kinds[FIRST_KINDS] = {"front", "article"};

static bool take(struct press *p, struct first *f, const char *element, struct span code)
{
    if (!html_may_stand(code)) return false;
    f->code = html_code(p->arena, element, code);
    f->source = arena_printf(p->arena, " 'sha256-%.*s'", FMT(sha256_base64(p->arena, code)));
    return true;
}

const char *first_kind(size_t i)
{
    return i < FIRST_KINDS ? kinds[i] : NULL;
}

bool first_take_boot(struct press *p, struct span script)
{
    return take(p, &p->boot, "script", script);
}

void first_take_style(struct press *p, size_t i, struct span style)
{
    (void)take(p, &p->first[i], "style", style);
}

void first_put(struct sheet *s, const char *kind)
{
    const struct press *p = s->p;
    record_html(s->root, "boot", p->boot.code);
    s->out->hosts.script_code = p->boot.source;
    for (size_t i = 0; i < FIRST_KINDS; i++) {
        if (strcmp(kinds[i], kind) != 0 || !p->first[i].code.s.n) continue;
        record_html(record_in(s->root, "first"), "style", p->first[i].code);
        s->out->hosts.style_code = p->first[i].source;
    }
}
