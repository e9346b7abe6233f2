/* html_elements: the table of elements, and the walk that leaves out what readers never see.
 * Owns: which element becomes what. Elements of NITF 3.x stand beside HTML's: no name means two
 * things. */
#include "html_elements.h"

#include <string.h>

/* clang-format off */
static const struct html_element elements[] = { /* in order of their names */
    {"a", TAG_A, HTML_DATA}, {"address", TAG_BLOCK, HTML_DATA}, {"applet", TAG_DROP, HTML_DATA},
    {"area", TAG_EMPTY, HTML_DATA}, {"article", TAG_BLOCK, HTML_DATA},
    {"aside", TAG_BLOCK, HTML_DATA}, {"audio", TAG_DROP, HTML_DATA}, {"b", TAG_STRONG, HTML_DATA},
    {"base", TAG_EMPTY, HTML_DATA}, {"basefont", TAG_EMPTY, HTML_DATA},
    {"bgsound", TAG_EMPTY, HTML_DATA}, {"block", TAG_BLOCK, HTML_DATA},
    {"blockquote", TAG_BLOCKQUOTE, HTML_DATA}, {"body", TAG_BLOCK, HTML_DATA},
    {"body.content", TAG_BLOCK, HTML_DATA}, {"body.end", TAG_BLOCK, HTML_DATA},
    {"bq", TAG_BLOCKQUOTE, HTML_DATA}, {"br", TAG_BR, HTML_DATA}, {"button", TAG_DROP, HTML_DATA},
    {"canvas", TAG_DROP, HTML_DATA}, {"caption", TAG_CAPTION, HTML_DATA},
    {"center", TAG_BLOCK, HTML_DATA}, {"col", TAG_EMPTY, HTML_DATA},
    {"colgroup", TAG_BLOCK, HTML_DATA}, {"datalist", TAG_DROP, HTML_DATA},
    {"dd", TAG_DD, HTML_DATA}, {"details", TAG_BLOCK, HTML_DATA}, {"dialog", TAG_BLOCK, HTML_DATA},
    {"dir", TAG_UL, HTML_DATA}, {"div", TAG_BLOCK, HTML_DATA}, {"dl", TAG_DL, HTML_DATA},
    {"dt", TAG_DT, HTML_DATA}, {"em", TAG_EM, HTML_DATA}, {"embed", TAG_EMPTY, HTML_DATA},
    {"fieldset", TAG_BLOCK, HTML_DATA}, {"figcaption", TAG_BLOCK, HTML_DATA},
    {"figure", TAG_DROP, HTML_DATA}, {"footer", TAG_BLOCK, HTML_DATA},
    {"form", TAG_DROP, HTML_DATA}, {"frame", TAG_EMPTY, HTML_DATA},
    {"frameset", TAG_BLOCK, HTML_DATA}, {"h1", TAG_H2, HTML_DATA}, {"h2", TAG_H2, HTML_DATA},
    {"h3", TAG_H3, HTML_DATA}, {"h4", TAG_H4, HTML_DATA}, {"h5", TAG_H4, HTML_DATA},
    {"h6", TAG_H4, HTML_DATA}, {"head", TAG_BLOCK, HTML_DATA}, {"header", TAG_DROP, HTML_DATA},
    {"hgroup", TAG_BLOCK, HTML_DATA}, {"hl1", TAG_H2, HTML_DATA}, {"hl2", TAG_H3, HTML_DATA},
    {"hr", TAG_HR, HTML_DATA}, {"html", TAG_BLOCK, HTML_DATA}, {"i", TAG_EM, HTML_DATA},
    {"iframe", TAG_DROP, HTML_RAWTEXT}, {"image", TAG_EMPTY, HTML_DATA},
    {"img", TAG_EMPTY, HTML_DATA}, {"input", TAG_EMPTY, HTML_DATA},
    {"keygen", TAG_EMPTY, HTML_DATA}, {"legend", TAG_BLOCK, HTML_DATA}, {"li", TAG_LI, HTML_DATA},
    {"link", TAG_EMPTY, HTML_DATA}, {"listing", TAG_PRE, HTML_DATA}, {"main", TAG_BLOCK, HTML_DATA},
    {"math", TAG_DROP, HTML_DATA}, {"media", TAG_DROP, HTML_DATA}, {"menu", TAG_UL, HTML_DATA},
    {"meta", TAG_EMPTY, HTML_DATA}, {"nav", TAG_DROP, HTML_DATA},
    {"noembed", TAG_DROP, HTML_RAWTEXT}, {"noframes", TAG_DROP, HTML_RAWTEXT},
    {"noscript", TAG_DROP, HTML_DATA}, {"note", TAG_BLOCK, HTML_DATA},
    {"object", TAG_DROP, HTML_DATA}, {"ol", TAG_OL, HTML_DATA}, {"p", TAG_P, HTML_DATA},
    {"param", TAG_EMPTY, HTML_DATA}, {"plaintext", TAG_PRE, HTML_PLAINTEXT},
    {"pre", TAG_PRE, HTML_DATA}, {"script", TAG_DROP, HTML_SCRIPT},
    {"search", TAG_BLOCK, HTML_DATA}, {"section", TAG_BLOCK, HTML_DATA},
    {"select", TAG_DROP, HTML_DATA}, {"source", TAG_EMPTY, HTML_DATA},
    {"strong", TAG_STRONG, HTML_DATA}, {"style", TAG_DROP, HTML_RAWTEXT},
    {"sub", TAG_SUB, HTML_DATA}, {"summary", TAG_BLOCK, HTML_DATA}, {"sup", TAG_SUP, HTML_DATA},
    {"svg", TAG_DROP, HTML_DATA}, {"table", TAG_TABLE, HTML_DATA}, {"tbody", TAG_TBODY, HTML_DATA},
    {"td", TAG_TD, HTML_DATA}, {"template", TAG_DROP, HTML_DATA},
    {"textarea", TAG_DROP, HTML_RCDATA}, {"tfoot", TAG_TBODY, HTML_DATA}, {"th", TAG_TH, HTML_DATA},
    {"thead", TAG_THEAD, HTML_DATA}, {"title", TAG_DROP, HTML_RCDATA}, {"tr", TAG_TR, HTML_DATA},
    {"track", TAG_EMPTY, HTML_DATA}, {"ul", TAG_UL, HTML_DATA}, {"video", TAG_DROP, HTML_DATA},
    {"xmp", TAG_PRE, HTML_RAWTEXT},
};
/* clang-format on */

static const struct html_element unknown = {"", TAG_INLINE, HTML_DATA};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static int compare_name(struct span name, const char *with)
{
    for (size_t i = 0; i < name.n; i++) {
        int d = (unsigned char)lower(name.p[i]) - (unsigned char)with[i];
        if (d != 0) return d; /* at the latest at with's NUL, unless the name holds one too */
        if (with[i] == '\0') return 1;
    }
    return with[name.n] == '\0' ? 0 : -1;
}

const struct html_element *html_element(struct span name)
{
    size_t low = 0, high = COUNT(elements);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare_name(name, elements[mid].name);
        if (order == 0) return &elements[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return &unknown;
}

struct span html_tag_name(enum html_tag tag)
{
    static const struct span names[] = {[TAG_P] = SPAN("p"),
        [TAG_DIV] = SPAN("div"),
        [TAG_H2] = SPAN("h2"),
        [TAG_H3] = SPAN("h3"),
        [TAG_H4] = SPAN("h4"),
        [TAG_PRE] = SPAN("pre"),
        [TAG_BLOCKQUOTE] = SPAN("blockquote"),
        [TAG_UL] = SPAN("ul"),
        [TAG_OL] = SPAN("ol"),
        [TAG_LI] = SPAN("li"),
        [TAG_DL] = SPAN("dl"),
        [TAG_DT] = SPAN("dt"),
        [TAG_DD] = SPAN("dd"),
        [TAG_TABLE] = SPAN("table"),
        [TAG_CAPTION] = SPAN("caption"),
        [TAG_THEAD] = SPAN("thead"),
        [TAG_TBODY] = SPAN("tbody"),
        [TAG_TR] = SPAN("tr"),
        [TAG_TD] = SPAN("td"),
        [TAG_TH] = SPAN("th"),
        [TAG_BR] = SPAN("br"),
        [TAG_HR] = SPAN("hr"),
        [TAG_EM] = SPAN("em"),
        [TAG_STRONG] = SPAN("strong"),
        [TAG_SUB] = SPAN("sub"),
        [TAG_SUP] = SPAN("sup"),
        [TAG_A] = SPAN("a")};
    must((size_t)tag < COUNT(names));
    return names[tag];
}

void html_walk_init(struct html_walk *w, struct arena *a, struct span markup)
{
    html_tokens_init(&w->tokens, a, markup);
    w->element = w->dropping = NULL;
    w->depth = 0;
    w->sees_aside = w->is_aside = w->ends_figure = false;
}

/* While something is dropped: counts its name's tags. */
static void drop_token(struct html_walk *w)
{
    if (w->element != w->dropping) return;
    if (w->tokens.token.kind == HTML_END)
        w->depth--;
    else if (!w->tokens.token.self_closing)
        w->depth++;
    if (w->depth == 0) w->dropping = NULL;
}

/* "<svg/>", and "<iframe/>" of feeds that mean XHTML, hold nothing. A script's "/>" says nothing.
 */
void html_walk_drop(struct html_walk *w)
{
    if (w->tokens.token.self_closing && w->element->mode != HTML_SCRIPT) return;
    w->dropping = w->element;
    w->depth = 1;
}

static bool is_figure(const struct html_element *e)
{
    return e && e->name[0] == 'f' && span_eq(span_of(e->name), S("figure"));
}

/* Of a token of what is dropped: is it given? */
static bool is_given(struct html_walk *w, bool in_figure)
{
    w->is_aside = true;
    w->ends_figure = in_figure && !w->dropping;
    return w->sees_aside && in_figure;
}

bool html_walk_next(struct html_walk *w)
{
    struct html_token *token = &w->tokens.token;
    while (html_tokens_next(&w->tokens)) {
        bool in_figure = is_figure(w->dropping);
        w->is_aside = w->ends_figure = false;
        if (token->kind == HTML_COMMENT || token->kind == HTML_DOCTYPE) continue;
        if (token->kind == HTML_TEXT) {
            if (!w->dropping || is_given(w, in_figure)) return true;
            continue;
        }
        if (!w->element || !span_eq(token->name, span_of(w->element->name)))
            w->element = html_element(token->name);
        bool starts = token->kind == HTML_START;
        bool is_raw = starts && w->element->mode != HTML_DATA;
        if (is_raw && !(token->self_closing && w->element->mode != HTML_SCRIPT))
            html_tokens_raw(&w->tokens, w->element->mode, span_of(w->element->name));
        if (w->dropping) {
            drop_token(w);
            if (is_given(w, in_figure)) return true;
            continue;
        }
        if (w->element->tag != TAG_DROP) return true;
        if (!starts) continue;
        html_walk_drop(w);
        if (is_given(w, w->sees_aside)) {
            w->ends_figure = is_figure(w->element) && !w->dropping;
            return true;
        }
    }
    return false;
}
