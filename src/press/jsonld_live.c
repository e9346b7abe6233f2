/* jsonld_live: what makes a running story's article a LiveBlogPosting (schema.org): its updates,
 * and since when and until when it is followed. What it tells is the timeline's. */
#include "frame.h"

enum { LIVE_JSON_UPDATES = 20 /* newest: search engines show one or two */ };

const char *jsonld_article_type(const struct live *l)
{
    return l && l->is ? "LiveBlogPosting" : "NewsArticle";
}

static void put_update(
    const struct press *p, struct arena *a, struct json_out *o, const struct view *v, uint32_t i)
{
    const struct view_revision *r = &v->revisions[i];
    struct span date = press_date_iso(p, a, r->from_ms);
    json_open(o, NULL, '{');
    json_string(o, "@type", S("BlogPosting"));
    json_string(o, "headline", utf8_head(r->lead, 110)); /* what search engines read of one */
    json_string(o, "articleBody", r->lead);
    json_string(o, "datePublished", date);
    json_string(o, "url", arena_printf(a, "%.*s#update-%u", FMT(press_absolute(p, a, v->path)), i));
    json_close(o, '}');
}

void jsonld_live(const struct press *p, struct arena *a, struct json_out *o, const struct view *v,
    const struct live *l)
{
    if (!l || !l->is) return;
    json_string(o, "coverageStartTime", press_date_iso(p, a, v->published_ms));
    json_string(o, "coverageEndTime", press_date_iso(p, a, l->ends_ms));
    json_open(o, "liveBlogUpdate", '[');
    size_t told = 0;
    for (uint32_t i = v->revision_count; i-- > 0 && told < LIVE_JSON_UPDATES;) {
        if (!v->revisions[i].lead.n) continue;
        put_update(p, a, o, v, i);
        told++;
    }
    json_close(o, ']');
}
