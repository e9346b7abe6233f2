/* jsonld_label: who or what the page of an author, a person or a place is about (schema.org:
 * ProfilePage, Person, Place). Made of the name alone that a public story carries. */
#include "press_private.h"

static const struct {
    const char *page, *key, *about;
} types[] = {[LABEL_AUTHOR] = {"ProfilePage", "mainEntity", "Person"},
    [LABEL_PERSON] = {"CollectionPage", "about", "Person"},
    [LABEL_PLACE] = {"CollectionPage", "about", "Place"}};

struct span jsonld_label(const struct press *p, struct arena *a, enum label_kind kind,
    struct span name, struct span path)
{
    struct buf b;
    struct json_out o = {.b = &b};
    struct span url = press_absolute(p, a, path);
    if (kind == LABEL_TAG) return S("");
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "@context", S("https://schema.org"));
    json_string(&o, "@type", span_of(types[kind].page));
    json_string(&o, "name", name);
    json_string(&o, "url", url);
    json_open(&o, types[kind].key, '{');
    json_string(&o, "@type", span_of(types[kind].about));
    json_string(&o, "name", name);
    json_string(&o, "url", url);
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_span(&b);
}
