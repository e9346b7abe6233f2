/* html_tokens: private to text. Markup into tokens, as WHATWG HTML 13.2.5 (the tokenization stage)
 * says. */
#ifndef HTML_TOKENS_H
#define HTML_TOKENS_H

#include "text.h"

enum {
    HTML_ATTRS_MAX = 64
}; /* no wanted element has more than three; keeps the search for duplicates linear */

enum html_token_kind {
    HTML_END_OF_FILE,
    HTML_TEXT,
    HTML_START,
    HTML_END,
    HTML_COMMENT,
    HTML_DOCTYPE
};

/* What the bytes up to the next end tag are. Everything but HTML_DATA is asked for by the caller.
 */
enum html_mode { HTML_DATA, HTML_RCDATA, HTML_RAWTEXT, HTML_SCRIPT, HTML_PLAINTEXT, HTML_CDATA };

struct html_attr {
    struct span name, value;
};

/* Valid until the next html_tokens_next on the same tokens. */
struct html_token {
    enum html_token_kind kind;
    struct span name;                       /* START, END, DOCTYPE: in ASCII lower case */
    struct span text;                       /* TEXT (decoded; neighbours are not joined), COMMENT */
    struct html_attr attrs[HTML_ATTRS_MAX]; /* START; of duplicates the first */
    uint32_t attr_count;
    bool self_closing; /* "/>" stood there; what that means is the caller's affair */
};

struct html_tokens {
    struct span in;
    size_t at;
    enum html_mode mode;
    struct span raw_name; /* whose end tag ends RCDATA, RAWTEXT and SCRIPT */
    struct buf scratch; /* what the token's spans point into, where they are not the input itself */
    struct html_token token;
};

static inline bool html_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* html_raw.c: where the text that html_tokens_raw has announced ends. */
size_t html_raw_end(const struct html_tokens *t);

/* markup is any bytes: broken UTF-8 becomes U+FFFD, CR LF and CR become LF. */
void html_tokens_init(struct html_tokens *t, struct arena *a, struct span markup);
/* Fills t->token; false at the end of the input. */
bool html_tokens_next(struct html_tokens *t);
/* The element so named has begun, and what follows is not markup. name must outlive the next
 * tokens. */
void html_tokens_raw(struct html_tokens *t, enum html_mode mode, struct span name);

#endif
