/* html_tokens: markup into tokens, as WHATWG HTML 13.2.5 says, over bytes that lie in memory whole.
 * Owns: where a tag, a comment, a raw text begins and ends. Knows no element by name: the caller
 * says what a start tag switches to. Never fails, never looks at a byte more than a few times. */
#include "html_tokens.h"

#include <string.h>

#include "entities.h"

static bool is_alpha(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Of a name that is as it is to come out. */
static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* ---- the input stream (HTML 13.2.3.5) ---- */

static struct span input_of(struct arena *a, struct span s)
{
    if (span_starts(s, S("\xEF\xBB\xBF"))) s = span_cut(s, 3, s.n);
    if (span_find_char(s, '\r') < 0 && utf8_valid(s)) return s;
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        if (s.p[i] != '\r') {
            buf_utf8(&b, utf8_next(s, &i));
            continue;
        }
        buf_char(&b, '\n');
        i += i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
    }
    return buf_span(&b);
}

void html_tokens_init(struct html_tokens *t, struct arena *a, struct span markup)
{
    t->in = input_of(a, markup);
    t->at = 0;
    t->mode = HTML_DATA;
    t->raw_name = S("");
    buf_init(&t->scratch, a, 0); /* the token is filled by each step */
}

void html_tokens_raw(struct html_tokens *t, enum html_mode mode, struct span name)
{
    t->mode = mode;
    t->raw_name = name;
}

static char peek(const struct html_tokens *t, size_t ahead)
{
    return t->at + ahead < t->in.n ? t->in.p[t->at + ahead] : '\0';
}

static bool at_end(const struct html_tokens *t)
{
    return t->at >= t->in.n;
}

static struct span rest_of(const struct html_tokens *t)
{
    return span_cut(t->in, t->at, t->in.n);
}

static void skip_spaces(struct html_tokens *t)
{
    while (!at_end(t) && html_is_space(t->in.p[t->at])) t->at++;
}

/* ---- the scratch ---- */

enum decoding { AS_IT_IS, TEXT_ENTITIES, ATTRIBUTE_ENTITIES };

/* Appends s with NUL replaced (no reference holds one) and references decoded. */
static void put_decoded(struct buf *b, struct span s, enum decoding how)
{
    struct span rest = s;
    for (bool first = true; first || rest.n > 0; first = false) {
        ptrdiff_t nul = span_find_char(rest, '\0');
        struct span piece = nul < 0 ? rest : span_cut(rest, 0, (size_t)nul);
        if (how == AS_IT_IS)
            buf_put(b, piece);
        else
            entities_put(b, piece, how == ATTRIBUTE_ENTITIES);
        if (nul < 0) return;
        buf_utf8(b, 0xFFFD);
        rest = span_cut(rest, (size_t)nul + 1, rest.n);
    }
}

static void put_name(struct html_tokens *t, struct span s)
{
    size_t from = t->scratch.n;
    put_decoded(&t->scratch, s, AS_IT_IS);
    for (size_t i = from; i < t->scratch.n; i++) t->scratch.p[i] = lower(t->scratch.p[i]);
}

/* The token's text is the input from here to there. NUL stays only in text that the tree would drop
 * it from. */
static void token_text(
    struct html_tokens *t, enum html_token_kind kind, size_t to, enum decoding how)
{
    struct span s = span_cut(t->in, t->at, to);
    bool nul_stays = kind == HTML_TEXT && (t->mode == HTML_DATA || t->mode == HTML_CDATA);
    bool has_nul = !nul_stays && span_find_char(s, '\0') >= 0;
    bool has_reference = how != AS_IT_IS && span_find_char(s, '&') >= 0;
    t->at = to;
    t->token.kind = kind;
    t->token.text = s;
    if (!has_nul && !has_reference) return;
    if (has_nul)
        put_decoded(&t->scratch, s, how);
    else
        entities_put(&t->scratch, s, false);
    t->token.text = buf_span(&t->scratch);
}

/* ---- tags (HTML 13.2.5.6 to 13.2.5.40) ---- */

static struct span take_attr_name(struct html_tokens *t)
{
    size_t from = t->at;
    if (peek(t, 0) == '=') t->at++;
    while (
        !at_end(t) && !html_is_space(peek(t, 0)) && !strchr("/>=", peek(t, 0) ? peek(t, 0) : 'x'))
        t->at++;
    return span_cut(t->in, from, t->at);
}

/* Behind "=" and white space. false: the input ended inside the value, and with it the tag. */
static bool take_attr_value(struct html_tokens *t, struct span *out)
{
    char quote = peek(t, 0);
    size_t from = t->at;
    if (quote == '"' || quote == '\'') {
        ptrdiff_t n = span_find_char(span_cut(t->in, from + 1, t->in.n), quote);
        if (n < 0) return false;
        *out = span_cut(t->in, from + 1, from + 1 + (size_t)n);
        t->at = from + (size_t)n + 2;
        return true;
    }
    while (!at_end(t) && !html_is_space(peek(t, 0)) && peek(t, 0) != '>') t->at++;
    *out = span_cut(t->in, from, t->at);
    return true;
}

/* Names and values are kept by place, since the scratch moves while it grows. */
struct place {
    size_t at, n;
};
struct places {
    struct place names[HTML_ATTRS_MAX], values[HTML_ATTRS_MAX];
    uint32_t count;
};

static struct span at_place(const struct html_tokens *t, struct place p)
{
    return span_cut(buf_span(&t->scratch), p.at, p.at + p.n);
}

static void keep_attr(
    struct html_tokens *t, struct places *kept, struct span name, struct span value)
{
    if (kept->count == HTML_ATTRS_MAX) return;
    struct place n = {t->scratch.n, 0};
    put_name(t, name);
    n.n = t->scratch.n - n.at;
    for (uint32_t i = 0; i < kept->count; i++) {
        if (!span_eq(at_place(t, kept->names[i]), at_place(t, n))) continue;
        t->scratch.n = n.at;
        return;
    }
    struct place v = {t->scratch.n, 0};
    put_decoded(&t->scratch, value, ATTRIBUTE_ENTITIES);
    v.n = t->scratch.n - v.at;
    kept->names[kept->count] = n;
    kept->values[kept->count++] = v;
}

/* From behind the tag's name to behind its ">". false: the input ended inside. */
static bool take_attrs(struct html_tokens *t, struct places *kept)
{
    for (;;) {
        skip_spaces(t);
        if (at_end(t)) return false;
        if (peek(t, 0) == '>') {
            t->at++;
            return true;
        }
        if (peek(t, 0) == '/') {
            t->at++;
            t->token.self_closing = peek(t, 0) == '>';
            continue;
        }
        struct span name = take_attr_name(t), value = {"", 0};
        skip_spaces(t);
        if (peek(t, 0) == '=' && !at_end(t)) {
            t->at++;
            skip_spaces(t);
            if (!take_attr_value(t, &value)) return false;
        }
        if (t->token.kind == HTML_START) keep_attr(t, kept, name, value);
    }
}

/* "p>", "/td>": what most tags are. false: more stands there, and nothing is taken. */
static bool take_bare_tag(struct html_tokens *t, enum html_token_kind kind)
{
    size_t to = t->at;
    while (to < t->in.n && is_bare(t->in.p[to])) to++;
    if (to >= t->in.n || t->in.p[to] != '>') return false;
    t->token.kind = kind;
    t->token.name = span_cut(t->in, t->at, to);
    t->at = to + 1;
    return true;
}

/* At the name's first letter. false: the input ended inside the tag, which then never was. */
static bool take_tag(struct html_tokens *t, enum html_token_kind kind)
{
    if (take_bare_tag(t, kind)) return true;
    struct places kept;
    kept.count = 0; /* the rest is 2 KB that most tags never touch */
    size_t from = t->at;
    while (!at_end(t) && !html_is_space(peek(t, 0)) && peek(t, 0) != '/' && peek(t, 0) != '>')
        t->at++;
    put_name(t, span_cut(t->in, from, t->at));
    size_t name_n = t->scratch.n;
    t->token.kind = kind;
    if (!take_attrs(t, &kept)) {
        t->at = t->in.n;
        return false;
    }
    t->token.name = span_cut(buf_span(&t->scratch), 0, name_n);
    t->token.attr_count = kept.count;
    for (uint32_t i = 0; i < kept.count; i++)
        t->token.attrs[i] =
            (struct html_attr){at_place(t, kept.names[i]), at_place(t, kept.values[i])};
    return true;
}

/* ---- comments and declarations (HTML 13.2.5.41 to 13.2.5.71) ---- */

static bool take_bogus_comment(struct html_tokens *t)
{
    ptrdiff_t end = span_find_char(rest_of(t), '>');
    token_text(t, HTML_COMMENT, end < 0 ? t->in.n : t->at + (size_t)end, AS_IT_IS);
    if (end >= 0) t->at++;
    return true;
}

/* Where the comment's text, which begins at t->at, ends; *behind_out: where the markup goes on. */
static size_t comment_end(const struct html_tokens *t, size_t *behind_out)
{
    const char *p = t->in.p;
    size_t n = t->in.n, at = t->at;
    if (peek(t, 0) == '>') return *behind_out = at + 1, at;
    if (peek(t, 0) == '-' && peek(t, 1) == '>') return *behind_out = at + 2, at;
    for (size_t i = at; i < n; i++) {
        if (p[i] != '-' || i + 1 >= n || p[i + 1] != '-') continue;
        size_t k = i + 2;
        if (k < n && p[k] == '>') return *behind_out = k + 1, i;
        if (k + 1 < n && p[k] == '!' && p[k + 1] == '>') return *behind_out = k + 2, i;
    }
    *behind_out = n;
    struct span rest = span_cut(t->in, at, n);
    static const char *const open_ends[] = {"--!", "--", "-"};
    for (size_t i = 0; i < COUNT(open_ends); i++)
        if (span_ends(rest, span_of(open_ends[i]))) return n - strlen(open_ends[i]);
    return n;
}

static bool take_comment(struct html_tokens *t)
{
    size_t behind, end = comment_end(t, &behind);
    token_text(t, HTML_COMMENT, end, AS_IT_IS);
    t->at = behind;
    return true;
}

/* Behind "<!doctype". Only the name matters here: identifiers choose no mode of ours. */
static bool take_doctype(struct html_tokens *t)
{
    skip_spaces(t);
    size_t from = t->at;
    while (!at_end(t) && !html_is_space(peek(t, 0)) && peek(t, 0) != '>') t->at++;
    put_name(t, span_cut(t->in, from, t->at));
    ptrdiff_t end = span_find_char(rest_of(t), '>');
    t->at = end < 0 ? t->in.n : t->at + (size_t)end + 1;
    t->token.kind = HTML_DOCTYPE;
    t->token.name = buf_span(&t->scratch);
    return true;
}

static bool take_declaration(struct html_tokens *t)
{
    t->at += 2;
    if (peek(t, 0) == '-' && peek(t, 1) == '-') {
        t->at += 2;
        return take_comment(t);
    }
    if (span_starts_nocase(rest_of(t), S("doctype"))) {
        t->at += 7;
        return take_doctype(t);
    }
    return take_bogus_comment(t);
}

/* ---- raw text (HTML 13.2.5.2 to 13.2.5.5, 13.2.5.9 to 13.2.5.31) ---- */

static void take_raw(struct html_tokens *t)
{
    size_t end = html_raw_end(t);
    token_text(t, HTML_TEXT, end, t->mode == HTML_RCDATA ? TEXT_ENTITIES : AS_IT_IS);
    if (t->mode == HTML_CDATA && !at_end(t)) t->at += 3;
    if (t->mode != HTML_PLAINTEXT) t->mode = HTML_DATA;
}

/* ---- the data state (HTML 13.2.5.1) ---- */

/* Does a "<" at i begin markup, or is it text? */
static bool begins_markup(const struct html_tokens *t, size_t i)
{
    char next = i + 1 < t->in.n ? t->in.p[i + 1] : '\0';
    return is_alpha(next) || next == '!' || next == '?' || (next == '/' && i + 2 < t->in.n);
}

static size_t text_end(const struct html_tokens *t)
{
    for (size_t i = t->at; i < t->in.n; i++) {
        ptrdiff_t next = span_find_char(span_cut(t->in, i, t->in.n), '<');
        if (next < 0) break;
        i += (size_t)next;
        if (begins_markup(t, i)) return i;
    }
    return t->in.n;
}

/* At a "<" that begins markup. false: it came to nothing. */
static bool take_markup(struct html_tokens *t)
{
    char next = peek(t, 1);
    if (next == '!') return take_declaration(t);
    if (next == '?') {
        t->at += 1;
        return take_bogus_comment(t);
    }
    if (next != '/') {
        t->at += 1;
        return take_tag(t, HTML_START);
    }
    t->at += 2;
    if (is_alpha(peek(t, 0))) return take_tag(t, HTML_END);
    if (peek(t, 0) != '>') return take_bogus_comment(t);
    t->at++;
    return false;
}

bool html_tokens_next(struct html_tokens *t)
{
    for (;;) {
        t->scratch.n = 0;
        t->token.kind = HTML_END_OF_FILE;
        t->token.name = t->token.text = (struct span){"", 0};
        t->token.attr_count = 0;
        t->token.self_closing = false;
        if (at_end(t)) return false;
        bool took = true;
        if (t->mode != HTML_DATA)
            take_raw(t);
        else if (peek(t, 0) == '<' && begins_markup(t, t->at))
            took = take_markup(t);
        else
            token_text(t, HTML_TEXT, text_end(t), TEXT_ENTITIES);
        bool is_empty_text = t->token.kind == HTML_TEXT && t->token.text.n == 0;
        if (took && !is_empty_text) return true;
    }
}
