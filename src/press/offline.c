/* offline: what a browser needs to read without a line: the worker that keeps what was read, the
 * page that it shows where there is nothing, the list of what it must forget, and the manifest by
 * which the site can be installed. All are the same for everybody. */
#include "frame.h"

enum {
    LEFT_MAX = 500, /* ids: 20 KB. What left before stands on a copy that is asked for again */
    LEFT_DAYS = 40, /* a copy is kept for 30 */
    LEFT_STEP_MS = 3600000, /* the list's beginning moves by the hour, so that it can be cached */
};

/* K11. By id alone, and the same as Atom's deleted entries: a path would repeat words of the
 * headline. Where a feed wants 404 nothing is told: such copies are found by asking for each. */
enum result page_left(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct gone *list;
    size_t n;
    int64_t now_ms = reader_now_ms(r), since = now_ms - now_ms % LEFT_STEP_MS;
    (void)ask, (void)p;
    enum result result = reader_left(r, LEFT_MAX, a, &list, &n);
    if (result != OK) return result;
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "left", '[');
    for (size_t i = 0; i < n; i++)
        if (list[i].since_ms >= since - LEFT_DAYS * INT64_C(86400000))
            json_string(&o, NULL, story_id_text(a, list[i].id));
    json_close(&o, ']');
    json_close(&o, '}');
    buf_char(&b, '\n');
    out->content_type = "application/json";
    out->noindex = true;
    out->body = buf_span(&b);
    page_key(out, "gone", S(""));
    page_key(out, "all", S(""));
    page_until(out, reader_next_change(r));
    page_until(out, since + LEFT_STEP_MS);
    return OK;
}

enum result page_offline(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask, (void)r;
    if (!p->site->offline.on) return ERR_ABSENT;
    out->noindex = true;
    struct sheet s = frame_open(p, a, out, "offline", press_word(p, "offline"), S("/offline"));
    frame_close(&s, "offline");
    return OK;
}

/* ---- the worker ---- */
static void put_constant(struct buf *b, const char *name, struct span value)
{
    struct json_out o = {.b = b};
    buf_printf(b, "const %s=", name);
    json_string(&o, NULL, value);
    buf_lit(b, ";\n");
}

/* Its bytes change with the theme's, and a browser that finds other bytes takes the new one. */
static void put_constants(const struct press *p, struct arena *a, struct buf *b)
{
    put_constant(b, "BASE", p->site->base);
    put_constant(b, "OFFLINE", press_path(p, a, S("/offline")));
    buf_printf(b, "const KEEP=%u;\nconst PRE=[OFFLINE", p->site->offline.articles);
    const struct span files[] = {p->css, p->script, p->live_script, p->icon};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct json_out o = {.b = b};
        buf_char(b, ',');
        json_string(&o, NULL, files[i]);
    }
    buf_lit(b, "];\n");
}

/* Switched off, what is served takes the place of the worker of before, and removes itself and all
 * that was kept. */
enum result page_worker(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    bool on = p->site->offline.on;
    const struct asset *file = theme_asset(p, on ? S("worker.js") : S("worker-off.js"));
    (void)ask, (void)r;
    if (!file) return ERR_ABSENT;
    buf_init(&b, a, 0);
    if (on) put_constants(p, a, &b);
    buf_put(&b, file->bytes);
    out->content_type = "text/javascript; charset=utf-8";
    out->noindex = true;
    out->body = buf_span(&b);
    return OK;
}

/* ---- the manifest (W3C Web Application Manifest) ---- */
static void put_icon(const struct press *p, struct arena *a, struct json_out *o, const char *file,
    const char *sizes, const char *purpose)
{
    struct span path = press_asset_path(p, file);
    if (!path.n) return;
    json_open(o, NULL, '{');
    json_string(o, "src", press_path(p, a, path));
    json_string(o, "sizes", span_of(sizes));
    json_string(o, "type", span_ends(path, S(".svg")) ? S("image/svg+xml") : S("image/png"));
    json_string(o, "purpose", span_of(purpose));
    json_close(o, '}');
}

enum result page_manifest(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    const struct press_offline *w = &p->site->offline;
    struct span home = press_path(p, a, S("/"));
    (void)ask, (void)r;
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "id", home);
    json_string(&o, "name", p->site->name);
    json_string(&o, "short_name", w->short_name.n ? w->short_name : p->site->name);
    if (p->site->tagline.n) json_string(&o, "description", p->site->tagline);
    json_string(&o, "lang", p->lang);
    json_string(&o, "dir", p->rtl ? S("rtl") : S("ltr"));
    json_string(&o, "start_url", home);
    json_string(&o, "scope", home);
    json_string(&o, "display", S("minimal-ui"));
    if (w->colour.n) json_string(&o, "theme_color", w->colour);
    if (w->background.n) json_string(&o, "background_color", w->background);
    json_open(&o, "icons", '[');
    put_icon(p, a, &o, "icon-192.png", "192x192", "any");
    put_icon(p, a, &o, "icon-512.png", "512x512", "any");
    put_icon(p, a, &o, "icon-maskable-512.png", "512x512", "maskable");
    put_icon(p, a, &o, "favicon.svg", "any", "any");
    json_close(&o, ']');
    json_close(&o, '}');
    buf_char(&b, '\n');
    out->content_type = "application/manifest+json";
    out->body = buf_span(&b);
    return OK;
}
