/* What xml_plain.c reads is what expat reads: the same tree, or it leaves the document alone. On
 * cases, on every one of them cut short or changed, on the conformance suite and on attacks. */
#include "xml_build.h"

#include <string.h>

#include "corpus.h"
#include "luck.h"
#include "tap.h"

enum { CHANGES = 400 };

static struct arena *a;

static bool same_node(const struct xml_node *x, const struct xml_node *y)
{
    bool same = span_eq(x->name, y->name) && span_eq(x->space, y->space) &&
                span_eq(x->text, y->text) && x->line == y->line && x->column == y->column &&
                x->attr_count == y->attr_count && !x->first == !y->first && !x->next == !y->next;
    for (uint32_t i = 0; same && i < x->attr_count; i++)
        same = span_eq(x->attrs[i].name, y->attrs[i].name) &&
               span_eq(x->attrs[i].space, y->attrs[i].space) &&
               span_eq(x->attrs[i].value, y->attrs[i].value);
    return same;
}

static const struct xml_node *step(const struct xml_node *n)
{
    if (n->first) return n->first;
    while (n && !n->next) n = n->parent;
    return n ? n->next : NULL;
}

/* Both trees have the same shape as far as this has come. */
static bool same_tree(const struct xml_node *x, const struct xml_node *y)
{
    for (; x && y; x = step(x), y = step(y))
        if (!same_node(x, y)) return false;
    return !x && !y;
}

/* False: they differ. *taken counts those that were read. */
static bool agree(struct span text, size_t *taken)
{
    struct reject why = {0};
    struct arena *own = arena_new((size_t)64 << 20);
    const struct xml_node *plain = xml_read_plain(own, text);
    bool good = !plain || same_tree(plain, xml_read_by_expat(own, text, &why));
    *taken += plain != NULL;
    arena_free(own);
    return good;
}

static const char *const taken[] = {
    "<a/>",
    "<?xml version='1.0'?>\n<a/>\n<!-- -->\n",
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" standalone='yes' ?><a b='1' c = \"2\"></a >",
    "<!-- a --><!DOCTYPE nitf SYSTEM \"../dtd/nitf-3-2.dtd\"><!-- b --><nitf>x</nitf>",
    "<!DOCTYPE N PUBLIC 'urn:newsml:iptc.org:20031010:NewsMLv1.2.dtd:1' 'N.dtd' ><N>x</N>",
    "<!DOCTYPE a><a/>",
    "<x:a xmlns:x='u' xmlns='d' x:b='1' c='2'><b xmlns=''/><y:c y:d=''/></x:a>",
    "<a>x &amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;&#10; y<![CDATA[<&]]]]><!-- no -->z</a>",
    "<a b='x\ny\tz &#10;&#9;&quot;&lt; \"'/>",
    "<a>\r\n<b c='1\r\n2'>one\r\ntwo<![CDATA[\r\n]]></b>\r\n \xC3\xA9<c/>\r\n</a>\r\n",
    "<a>] ]] ]> <![CDATA[]]></a>",
    "<a>\xEF\xBF\xBD \xEF\xBB\xBF \x7F \xF4\x8F\xBF\xBF</a>",
    "<a:>x</a:>",
    "<:a>x</:a>",
};

static const char *const left[] = {
    "",
    " ",
    "x",
    "<a>",
    "<a></b>",
    "<a></ab>",
    "<a/><b/>",
    "<a/>x",
    "<a b='1' b='2'/>",
    "<a b='1'c='2'/>",
    "<a b=c/>",
    "<a b='<'/>",
    "<a b/>",
    "<a>]]></a>",
    "<a>&no;</a>",
    "<a>&#0;&#xFFFE;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a>&#;</a>",
    "<a>\x01</a>",
    "<a>\xFF</a>",
    "<a>\xEF\xBF\xBE</a>",
    "<a>x\ry</a>",
    "<a><!-- -- --></a>",
    "<a><![CDATA[</a>",
    "<a><?pi?></a>",
    "<?xml version='1.1'?><a/>",
    "<?xml version='1.0' encoding='_'?><a/>",
    "<?xml version='1.0'encoding='a'?><a/>",
    " <?xml version='1.0'?><a/>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
    "<!DOCTYPE a PUBLIC 'x'><a/>",
    "<!DOCTYPE a SYSTEM'x'><a/>",
    "<a></a><!DOCTYPE a>",
    "<\xC3\xA9/>",
};

static void test_cases(void)
{
    size_t read = 0, before;
    for (size_t i = 0; i < COUNT(taken); i++) {
        before = read;
        bool good = agree(span_of(taken[i]), &read);
        check(good && read == before + 1, "read as expat does: %s", taken[i]);
    }
    before = read;
    for (size_t i = 0; i < COUNT(left); i++)
        check(agree(span_of(left[i]), &read) && read == before, "left to expat: %s", left[i]);
}

/* Cut at every byte, and changed by pieces of the others. */
static void test_changes(void)
{
    size_t read = 0, wrong = 0;
    luck_begin();
    for (size_t i = 0; i < COUNT(taken); i++) {
        struct span whole = span_of(taken[i]);
        for (size_t n = 0; n < whole.n; n++) wrong += !agree(span_cut(whole, 0, n), &read);
        for (int k = 0; k < CHANGES; k++) {
            struct span other =
                span_of(k % 2 ? left[roll(COUNT(left))] : taken[roll(COUNT(taken))]);
            size_t at = roll((uint32_t)whole.n), from = roll((uint32_t)other.n + 1);
            struct span parts[] = {span_cut(whole, 0, at), span_cut(other, from, from + roll(6)),
                span_cut(whole, at + roll(3), whole.n)};
            struct span text =
                arena_printf(a, "%.*s%.*s%.*s", FMT(parts[0]), FMT(parts[1]), FMT(parts[2]));
            if (agree(text, &read)) continue;
            wrong++;
            printf("# differs: %.*s\n", FMT(text));
        }
    }
    check(
        wrong == 0 && read > 100, "%zu changed documents read, %zu of them otherwise", read, wrong);
}

struct tally {
    size_t read, wrong;
};

static void one(const struct json *record, struct span payload, void *with)
{
    struct tally *t = with;
    if (span_starts(payload, S("\xEF\xBB\xBF"))) payload = span_cut(payload, 3, payload.n);
    if (agree(payload, &t->read)) return;
    t->wrong++;
    printf("# differs: %.*s\n", FMT(json_text(record, "name")));
}

static void test_corpora(void)
{
    struct tally t = {0};
    if (!corpus_each(a, "xml-conformance/w3c-xmlconf.jsonl", one, &t) ||
        !corpus_each(a, "xml-attack/payloadsallthethings.jsonl", one, &t) ||
        !corpus_each(a, "xml-attack/defusedxml-data.jsonl", one, &t) ||
        !corpus_each(a, "feed-wellformed/feedparser.jsonl", one, &t))
        tap_skip("corpora", "shared/attacks is not here");
    check(t.wrong == 0, "corpora: %zu read, %zu of them otherwise", t.read, t.wrong);
}

int main(void)
{
    a = arena_new((size_t)1 << 30);
    test_cases();
    test_changes();
    test_corpora();
    arena_free(a);
    return tap_end();
}
